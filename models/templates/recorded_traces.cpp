{# USES_VARIABLES { t, _clock_t, _indices, N, window_first, window_last, _clock_t_in_timesteps } #}
{# WRITES_TO_READ_ONLY_VARIABLES { t, N } #}
{% extends 'statemonitor.cpp' %}

{% block maincode %}
    if ({{_clock_t_in_timesteps}} >= {{window_first}} && {{_clock_t_in_timesteps}} < {{window_last}})
    {
        {{ super() }}
    }
{% endblock %}
