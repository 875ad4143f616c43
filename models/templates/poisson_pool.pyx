{# USES_VARIABLES { rate, N, dt, _spikespace } #}
{% extends 'common_group.pyx' %}

{% block maincode %}
    cdef int _count = min(_numpy.random.poisson({{rate}}*{{dt}}*N), N)
    cdef int _spike
    cdef _numpy.ndarray[_numpy.int64_t, ndim=1] _sources = _numpy.sort(_numpy.random.randint(0, N, _count))
    for _spike in range(_count):
        {{_spikespace}}[_spike] = _sources[_spike]
    {{_spikespace}}[N] = _count
{% endblock %}
