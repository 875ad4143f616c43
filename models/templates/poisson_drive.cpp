{# USES_VARIABLES { rate, weight, N, dt } #}
{% extends 'common_group.cpp' %}

{% block extra_headers %}
#include <cstdint>
#include <vector>
// The generator is this object's own (xoshiro256++ of Blackman and Vigna, four words of state): a step draws some
// hundred numbers, and the Mersenne twister of the program would take most of the step for them. Its seed comes
// from the program's generator, so one seed still decides everything.
uint64_t _state_of_{{codeobj_name}}[4];
{% endblock %}

{% block extra_functions_cpp %}
{% endblock %}

{% block before_code %}
    extern uint64_t _state_of_{{codeobj_name}}[4];
    static bool _seeded = false;
    if (!_seeded)
    {
        _seeded = true;
        for (uint64_t &word : _state_of_{{codeobj_name}})
            word = (uint64_t)(brian::_random_generators[0].rand() * 4294967296.0) << 32
                 | (uint64_t)(brian::_random_generators[0].rand() * 4294967296.0);
        _state_of_{{codeobj_name}}[0] |= 1;  // the state must not be all zero
        #if __has_include("checkpoint.h")
        // A device that writes checkpoints keeps the state in them.
        void burstlab_keep(const char *, void *, size_t);
        burstlab_keep("{{codeobj_name}}", _state_of_{{codeobj_name}}, sizeof _state_of_{{codeobj_name}});
        #endif
    }
{% endblock %}

{% block maincode %}
    uint64_t *const _s = _state_of_{{codeobj_name}};
    // Inverse distribution function of the number of arrivals per step, one table a source; _guide says where to begin.
    static std::vector<uint64_t> _table[{{sources | length}}];
    static int _guide[{{sources | length}}][256];
    static bool _ready = false;

    auto _next = [&]() -> uint64_t {
        const uint64_t sum = _s[0] + _s[3];
        const uint64_t result = ((sum << 23) | (sum >> 41)) + _s[0];
        const uint64_t shifted = _s[1] << 17;
        _s[2] ^= _s[0];
        _s[3] ^= _s[1];
        _s[1] ^= _s[2];
        _s[0] ^= _s[3];
        _s[2] ^= shifted;
        _s[3] = (_s[3] << 45) | (_s[3] >> 19);
        return result;
    };

    if (!_ready)
    {
        _ready = true;
        const double _step = {{dt}};
        {% for receptor, start, stop in sources %}
        {
            const double mean = {{rate}}[{{loop.index0}}] * _step * {{stop - start}};
            double below = 0;
            int k = 0;
            // A table entry is P(count <= k) as a fraction of 2^64; it ends where double precision has nothing to add.
            do {
                below += std::exp(k * std::log(mean > 0 ? mean : 1.0) - mean - std::lgamma(k + 1.0));
                if (mean <= 0) below = 1;
                _table[{{loop.index0}}].push_back(below >= 1 ? UINT64_MAX : (uint64_t)(below * 18446744073709551616.0));
                k++;
            } while (below < 1 && (k < mean || k < mean + 40 + 12 * std::sqrt(mean)));
            _table[{{loop.index0}}].back() = UINT64_MAX;
            for (int top = 0, first = 0; top < 256; top++)
            {
                while (_table[{{loop.index0}}][first] < ((uint64_t)top << 56)) first++;
                _guide[{{loop.index0}}][top] = first;
            }
        }
        {% endfor %}
    }

    {% for receptor, start, stop in sources %}
    {
        const uint64_t draw = _next();
        int count = _guide[{{loop.index0}}][draw >> 56];
        while (_table[{{loop.index0}}][count] < draw) count++;
        auto* const cells = {{get_array_name(variables[receptor])}} + {{start}};
        const auto added = {{weight}}[{{loop.index0}}];
        const uint32_t size = {{stop - start}};
        // Unbiased index in [0, size) by multiplication (Lemire); a 64-bit number serves for two.
        const uint32_t biased = (uint32_t)(-size) % size;
        for (int k = 0; k < count; k += 2)
        {
            uint64_t bits = _next();
            for (int half = 0; half < 2 && k + half < count; half++)
            {
                uint64_t product = (bits & 0xffffffffu) * size;
                while (__builtin_expect((uint32_t)product < biased, 0))
                    product = (_next() & 0xffffffffu) * size;
                cells[product >> 32] += added;
                bits >>= 32;
            }
        }
    }
    {% endfor %}
{% endblock %}
