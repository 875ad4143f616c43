{# USES_VARIABLES { _n_sources, _n_targets, delay, _source_dt} #}
{% extends 'common_group.cpp' %}

{% block before_code %}
    {% set scalar = c_data_type(variables['delay'].dtype) %}
    std::vector<{{scalar}}> &_delays = {{get_array_name(variables['delay'], access_data=False)}};
    {{owner.name}}.prepare(_delays.data(), _delays.size(), {{_source_dt}});
{% endblock %}

{% block maincode %}
    {% set _events = get_array_name(eventspace_variable) %}
    {{owner.name}}.push({{_events}}, {{_events}}[_num{{eventspace_variable.name}} - 1]);
{% endblock %}
