{# USES_VARIABLES { t, _clock_t, _indices, N, window_first, window_last, _clock_t_in_timesteps } #}
{% extends 'statemonitor.pyx' %}

{% block maincode %}
    if not {{window_first}} <= {{_clock_t_in_timesteps}} < {{window_last}}:
        return
    {{ super() }}
{% endblock %}
