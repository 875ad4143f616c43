{% macro cpp_file() %}
#include "checkpoint.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <type_traits>
#include <unistd.h>
#include <vector>

#include "objects.h"

// Between two steps the state of a program is its arrays, its generators, what waits in pathways with a delay, and what
// objects keep for themselves (burstlab_keep). Which arrays change is not listed anywhere: those whose content is still
// that of the beginning, as connectivity and parameters, are left out, since a program that goes on makes them again.
namespace {

struct Kept
{
    std::string name;
    void *data;
    size_t bytes;
};

std::vector<Kept> &kept()
{
    static std::vector<Kept> all;
    return all;
}

uint64_t hash_of(const void *data, size_t bytes, uint64_t hash = 0x9e3779b97f4a7c15u)
{
    const char *from = static_cast<const char *>(data);
    hash ^= bytes;
    for (size_t k = 0; k < bytes; k += 8)
    {
        uint64_t word = 0;
        std::memcpy(&word, from + k, bytes - k < 8 ? bytes - k : 8);
        hash = (hash ^ word) * 0x9fb21c651e98df25u;
        hash ^= hash >> 32;
    }
    return hash;
}

// A checkpoint that cannot be used has an exit code of its own: going on again would not help.
[[noreturn]] void fail(const std::string &what, int code = 65)
{
    std::fprintf(stderr, "%s\n", what.c_str());
    std::exit(code);
}

// ---- three things to do with every part of the state: take its hash, write it, read it ----

struct Hashes
{
    std::map<std::string, uint64_t> of;
    void part(const std::string &name, const std::string &content)
    {
        of[name] = hash_of(content.data(), content.size());
    }
};

struct Writer
{
    const Hashes &before;
    std::string out;
    void number(uint64_t value) { out.append(reinterpret_cast<const char *>(&value), sizeof value); }
    void part(const std::string &name, const std::string &content)
    {
        const uint64_t hash = hash_of(content.data(), content.size());
        const auto known = before.of.find(name);
        const bool same = known != before.of.end() && hash == known->second;
        number(same);
        number(same ? hash : content.size());
        if (!same) out += content;
    }
};

struct Reader
{
    const Hashes &before;
    const std::string &in;
    size_t at;
    uint64_t number()
    {
        uint64_t value = 0;
        if (at + sizeof value > in.size()) fail("the checkpoint ends too early");
        std::memcpy(&value, in.data() + at, sizeof value);
        at += sizeof value;
        return value;
    }
    // The content of the next part, or false if it is what it was at the beginning.
    bool part(const std::string &name, std::string &content)
    {
        const bool same = number();
        const uint64_t value = number();
        if (same)
        {
            if (before.of.at(name) != value) fail("the checkpoint is not of this run: " + name + " began with other values");
            return false;
        }
        if (value > in.size() - at) fail("the checkpoint ends too early");
        content.assign(in, at, value);
        at += value;
        return true;
    }
};

// ---- how each kind of state becomes bytes, and comes back ----

template <class T> void array_part(Hashes &to, const char *name, T *data, size_t n)
{
    to.part(name, std::string(reinterpret_cast<const char *>(data), n * sizeof(T)));
}
template <class T> void array_part(Writer &to, const char *name, T *data, size_t n)
{
    to.part(name, std::string(reinterpret_cast<const char *>(data), n * sizeof(T)));
}
template <class T> void array_part(Reader &from, const char *name, T *data, size_t n)
{
    std::string content;
    if (!from.part(name, content)) return;
    if (content.size() != n * sizeof(T)) fail(std::string("the checkpoint is not of this run: ") + name + " has another size");
    std::memcpy(static_cast<void *>(data), content.data(), content.size());
}

template <class Visitor, class T> void vector_part(Visitor &to, const char *name, T &values)
{
    array_part(to, name, values.size() ? &values[0] : nullptr, values.size());
}
template <class T> void vector_part(Reader &from, const char *name, T &values)
{
    std::string content;
    if (!from.part(name, content)) return;
    values.resize(content.size() / sizeof(values[0]));
    if (content.size()) std::memcpy(&values[0], content.data(), content.size());
}

template <class T> std::string bytes_of(T &matrix)
{
    const uint64_t shape[2] = {(uint64_t)matrix.n, (uint64_t)matrix.m};
    std::string content(reinterpret_cast<const char *>(shape), sizeof shape);
    for (size_t row = 0; row < shape[0] && shape[1]; row++)
        content.append(reinterpret_cast<const char *>(&matrix(row, 0)), shape[1] * sizeof(matrix(0, 0)));
    return content;
}
template <class Visitor, class T> void matrix_part(Visitor &to, const char *name, T &values)
{
    to.part(name, bytes_of(values));
}
template <class T> void matrix_part(Reader &from, const char *name, T &values)
{
    std::string content;
    if (!from.part(name, content)) return;
    uint64_t shape[2];
    std::memcpy(shape, content.data(), sizeof shape);
    values.resize(shape[0], shape[1]);
    const size_t width = shape[1] ? shape[1] * sizeof(values(0, 0)) : 0;
    for (size_t row = 0; row < shape[0] && width; row++)
        std::memcpy(&values(row, 0), content.data() + sizeof shape + row * width, width);
}

template <class Visitor> void pathway_part(Visitor &to, const char *name, SynapticPathway &path)
{
    std::ostringstream content;
    path.write_waiting(content);
    to.part(name, content.str());
}
void pathway_part(Reader &from, const char *name, SynapticPathway &path)
{
    std::string content;
    if (!from.part(name, content)) return;
    std::istringstream stream(content);
    path.read_waiting(stream);
}

// Generators are written whether they were used or not: without a given seed they begin with any state.
void generators_part(Hashes &, std::vector<brian::RandomGenerator> &) {}
template <class Visitor> void generators_part(Visitor &to, std::vector<brian::RandomGenerator> &generators)
{
    static_assert(std::is_trivially_copyable<brian::RandomGenerator>::value, "a generator must be no more than its bytes");
    vector_part(to, "random generators", generators);
}

template <class Visitor> void every_part(Visitor &to)
{
    using namespace brian;
    {% for var, varname in array_specs | dictsort(by='value') %}
    {% if not (var in dynamic_array_specs or var in dynamic_array_2d_specs) %}
    array_part(to, "{{varname}}", {{varname}}, {{var.size}});
    {% endif %}
    {% endfor %}
    {% for var, varname in dynamic_array_specs | dictsort(by='value') %}
    vector_part(to, "{{varname}}", {{varname}});
    {% endfor %}
    {% for var, varname in dynamic_array_2d_specs | dictsort(by='value') %}
    matrix_part(to, "{{varname}}", {{varname}});
    {% endfor %}
    {% for S in synapses | sort(attribute='name') %}
    {% for path in S._pathways | sort(attribute='name') %}
    pathway_part(to, "{{path.name}}", {{path.name}});
    {% endfor %}
    {% endfor %}
    generators_part(to, _random_generators);
    for (const Kept &part : kept()) array_part(to, part.name.c_str(), static_cast<char *>(part.data), part.bytes);
}

// ---- what has diverged ----

template <class T> bool outside(const T *data, size_t n, double low, double high)
{
    for (size_t k = 0; k < n; k++)
        if (!(data[k] >= low && data[k] <= high)) return true;
    return false;
}

Hashes at_begin;
std::string file, identity;
double earlier = 0.0;

std::string variable(const char *name)
{
    const char *value = std::getenv(name);
    return value ? value : "";
}

void read_checkpoint()
{
    std::ifstream stream(file, std::ios::binary);
    const std::string whole{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    const size_t begin = whole.find('\n') + 1;
    std::istringstream header(whole.substr(0, begin));
    std::string word, of;
    int format = 0;
    double time = 0;
    size_t bytes = 0;
    uint64_t hash = 0;
    header >> word >> format >> of >> time >> earlier >> bytes >> hash;
    if (!stream || !header || word != "burstlab-checkpoint" || format != 1 || whole.size() - begin != bytes
        || hash_of(whole.data() + begin, bytes) != hash)
        fail("the checkpoint " + file + " is damaged");
    if (of != identity) fail("the checkpoint " + file + " is of another run or another program");
    Reader reader{at_begin, whole, begin};
    every_part(reader);
}

}  // namespace

void burstlab_keep(const char *name, void *data, size_t bytes) { kept().push_back({name, data, bytes}); }

double burstlab_begin_checkpoints()
{
    file = variable("BURSTLAB_CHECKPOINT");
    if (file.empty()) return 0.0;
    if (!identity.empty()) fail("checkpoints need one run() of the network", 1);
    identity = variable("BURSTLAB_CHECKPOINT_OF");
    every_part(at_begin);
    if (!variable("BURSTLAB_RESUME").empty()) read_checkpoint();
    return std::atof(variable("BURSTLAB_CHECKPOINT_EVERY").c_str());
}

double burstlab_earlier() { return earlier; }

bool burstlab_only_looks() { return variable("BURSTLAB_RESUME") == "look"; }

bool burstlab_diverged()
{
    using namespace brian;
    {% for var, varname in array_specs | dictsort(by='value') if var in bounds %}
    {% set low, high = bounds[var] %}
    {% if var in dynamic_array_specs %}
    {% set values = dynamic_array_specs[var] %}
    if ({{values}}.size() && outside(&{{values}}[0], {{values}}.size(), {{low}}, {{high}})) return true;
    {% else %}
    if (outside({{varname}}, {{var.size}}, {{low}}, {{high}})) return true;
    {% endif %}
    {% endfor %}
    return false;
}

void burstlab_write_checkpoint(double time, double elapsed)
{
    Writer writer{at_begin};
    every_part(writer);
    char header[256];
    std::snprintf(
        header, sizeof header, "burstlab-checkpoint 1 %s %.17g %.3f %zu %llu\n", identity.c_str(), time, elapsed,
        writer.out.size(), (unsigned long long)hash_of(writer.out.data(), writer.out.size()));
    // Another name until all of it is on the disk: a checkpoint that is there is whole.
    const std::string partial = file + ".unfinished-" + std::to_string(getpid());
    const std::string whole = header + writer.out;
    const int to = open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
    size_t written = 0;
    ssize_t some = 0;
    while (to >= 0 && written < whole.size() && (some = write(to, whole.data() + written, whole.size() - written)) > 0)
        written += some;
    if (to < 0 || written < whole.size() || fsync(to) || close(to) || std::rename(partial.c_str(), file.c_str()))
    {
        const std::string why = std::strerror(errno);
        unlink(partial.c_str());
        fail("cannot write the checkpoint " + file + ": " + why, 1);
    }
}
{% endmacro %}

{% macro h_file() %}
#ifndef BURSTLAB_CHECKPOINT_H
#define BURSTLAB_CHECKPOINT_H
#include <cstddef>

// State that an object keeps outside of Brian2's arrays: it goes into checkpoints, and comes back from them.
void burstlab_keep(const char *name, void *data, size_t bytes);

// Called when a run is about to begin: goes back to a checkpoint if that is asked for. The simulated time between two
// checkpoints, or 0 for none.
double burstlab_begin_checkpoints();

// Wall time that the run had taken up to the checkpoint with which it goes on.
double burstlab_earlier();

// Whether the run ends where the checkpoint is.
bool burstlab_only_looks();

// Whether a state is not finite, or beyond its bounds.
bool burstlab_diverged();

void burstlab_write_checkpoint(double time, double elapsed);

#endif
{% endmacro %}
