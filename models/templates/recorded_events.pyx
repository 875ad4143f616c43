{# USES_VARIABLES { N, _clock_t, count, _source_start, _source_stop, window_first, window_last, _clock_t_in_timesteps } #}
{% extends 'spikemonitor.pyx' %}

{% block maincode %}
    if not {{window_first}} <= {{_clock_t_in_timesteps}} < {{window_last}}:
        return
    {{ super() }}
{% endblock %}
