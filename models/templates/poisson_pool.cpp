{# USES_VARIABLES { rate, N, dt, _spikespace } #}
{% extends 'common_group.cpp' %}

{% block extra_headers %}
// All sources one after the other are a line along which spikes are a Poisson process: the way from one spike to the
// next is exponential. What is left of it at the end of a step goes on in the next one, so a step draws one number a
// spike, and spikes come sorted by source. In units of the mean way, so that the rate may change.
double _way_of_{{codeobj_name}};
{% endblock %}

{% block before_code %}
    extern double _way_of_{{codeobj_name}};
    static bool _drawn = false;
    if (!_drawn)
    {
        _drawn = true;
        _way_of_{{codeobj_name}} = -std::log1p(-brian::_random_generators[0].rand());
        #if __has_include("checkpoint.h")
        // A device that writes checkpoints keeps the state in them.
        void burstlab_keep(const char *, void *, size_t);
        burstlab_keep("{{codeobj_name}}", &_way_of_{{codeobj_name}}, sizeof _way_of_{{codeobj_name}});
        #endif
    }
{% endblock %}

{% block maincode %}
    double _way = _way_of_{{codeobj_name}};
    const double _density = {{rate}} * {{dt}};  // spikes per source
    const double _length = _density * N;
    int _count = 0;
    while (_way < _length)
    {
        const int _source = (int)(_way / _density);
        if (_count < N)
            {{_spikespace}}[_count++] = _source < N ? _source : N - 1;
        _way -= std::log1p(-brian::_random_generators[0].rand());
    }
    _way_of_{{codeobj_name}} = _way - _length;
    {{_spikespace}}[N] = _count;
{% endblock %}

{% block after_code %}
{{_spikespace}}[N] = 0;  // element N of N + 1: the number of spikes
{% endblock %}
