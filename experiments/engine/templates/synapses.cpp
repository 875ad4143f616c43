{# USES_VARIABLES { _synaptic_pre } #}
{% extends 'common_group.cpp' %}

{% block maincode %}
    if (__builtin_expect({{pathway.name}}.n_events == 0, 1))
        return;
    {% if 'M_post' in variables %}
    // Every effect of a pathway with the plasticity switch M has it as a factor: nothing to do while it is zero.
    if ({{get_array_name(variables['M_post'])}}[0] == 0)
        return;
    {% endif %}

    // scalar code
    const size_t _vectorisation_idx = -1;
    {{scalar_code|autoindent}}

    const int *_order = {{pathway.name}}.order.empty() ? nullptr : {{pathway.name}}.order.data();
    for (int _event = 0; _event < {{pathway.name}}.n_events; _event++)
    {
        const int _cell = {{pathway.name}}.events[_event] - {{pathway.name}}.first();
        const int _stop = {{pathway.name}}.begin_of[_cell + 1];
        for (int _k = {{pathway.name}}.begin_of[_cell]; _k < _stop; _k++)
        {
            const size_t _idx = _order ? _order[_k] : _k;
            const size_t _vectorisation_idx = _idx;
            {{vector_code|autoindent}}
        }
    }
{% endblock %}
