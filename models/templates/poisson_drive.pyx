{# USES_VARIABLES { rate, weight, N, dt } #}
{% extends 'common_group.pyx' %}

{% block maincode %}
    cdef int64_t _arrival
    cdef _numpy.ndarray[_numpy.int64_t, ndim=1] _cells
    {% for receptor, start, stop in sources %}
    _cells = _numpy.random.randint({{start}}, {{stop}}, _numpy.random.poisson({{rate}}[{{loop.index0}}]*{{dt}}*{{stop - start}}))
    for _arrival in range(_cells.shape[0]):
        {{get_array_name(variables[receptor])}}[_cells[_arrival]] += {{weight}}[{{loop.index0}}]
    {% endfor %}
{% endblock %}
