{# USES_VARIABLES { N, _clock_t, count, _source_start, _source_stop, window_first, window_last, _clock_t_in_timesteps } #}
{# WRITES_TO_READ_ONLY_VARIABLES { N, count } #}
{% extends 'spikemonitor.cpp' %}

{% block maincode %}
    if ({{_clock_t_in_timesteps}} >= {{window_first}} && {{_clock_t_in_timesteps}} < {{window_last}})
    {
        {{ super() }}
    }
{% endblock %}
