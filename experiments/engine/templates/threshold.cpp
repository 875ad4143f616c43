{# USES_VARIABLES { N } #}
{% extends 'common_group.cpp' %}
{% block maincode %}
    // scalar code
    const int _vectorisation_idx = -1;
    {{scalar_code|autoindent}}

    {% set _events = get_array_name(eventspace_variable) %}
    // Few cells cross the threshold in a step, but a list that may grow at every cell keeps the compiler from using
    // vector instructions. So ask first whether anything happens in a block of cells, which it does vectorise, and go
    // through a block one by one only then.
    const int _block = 128;
    long _count = 0;
    for (int _first = 0; _first < N; _first += _block)
    {
        const int _last = _first + _block < N ? _first + _block : N;
        int _any = 0;
        for (int _idx = _first; _idx < _last; _idx++)
        {
            const size_t _vectorisation_idx = _idx;
            {{vector_code|autoindent}}
            _any |= _cond;
        }
        if (__builtin_expect(_any, 0))
        {
            for (int _idx = _first; _idx < _last; _idx++)
            {
                const size_t _vectorisation_idx = _idx;
                {{vector_code|autoindent}}
                if (_cond) {
                    {{_events}}[_count++] = _idx;
                    {% if _uses_refractory %}
                    {{not_refractory}}[_idx] = false;
                    {{lastspike}}[_idx] = {{t}};
                    {% endif %}
                }
            }
        }
    }
    {{_events}}[N] = _count;
{% endblock %}

{% block after_code %}
{{get_array_name(eventspace_variable)}}[N] = 0;  // element N of N + 1: the number of events
{% endblock %}
