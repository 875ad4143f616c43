{% macro cpp_file() %}
{% endmacro %}

{% macro h_file() %}
#ifndef _BRIAN_SYNAPSES_H
#define _BRIAN_SYNAPSES_H

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <vector>
#include "brianlib/spikequeue.h"

// A synaptic pathway whose synapses share one delay. Synapses are sorted by their source cell once; an event of a cell
// then stands for a range of synapses. What waits for delivery are the cells, not their synapses, and without delay
// nothing waits and nothing is copied.
class SynapticPathway
{
    std::vector<int> &sources;
    const int first_source, last_source;  // cells of the source group that belong to the pathway
    std::vector<std::vector<int>> waiting;  // rings of events, one per step of the delay
    size_t now = 0, delay_steps = 0;

public:
    std::vector<int> order;     // synapses sorted by source cell; empty where they are in this order already
    std::vector<int> begin_of;  // where the synapses of a cell begin in that order
    const int *events = nullptr;
    int n_events = 0;

    // Brian2 2.10 and later write the state of a pathway's queues at the end: this one stays empty.
    std::vector<CSpikeQueue *> queue;

    SynapticPathway(std::vector<int> &_sources, int start, int stop)
        : sources(_sources), first_source(start), last_source(stop), queue(1, new CSpikeQueue(start, stop)) {}

    template <typename scalar> void prepare(const scalar *delays, size_t n_delays, double dt)
    {
        delay_steps = n_delays > 0 ? (size_t)(delays[0] / dt + 0.5) : 0;
        for (size_t i = 0; i < n_delays; i++)
            if ((size_t)(delays[i] / dt + 0.5) != delay_steps)
            {
                std::cerr << "burstlab: all synapses of a pathway must have the same delay" << std::endl;
                std::exit(1);
            }
        waiting.assign(delay_steps + 1, std::vector<int>());
        const int n_cells = last_source - first_source;
        begin_of.assign(n_cells + 1, 0);
        for (int source : sources) begin_of[source - first_source + 1]++;
        for (int cell = 0; cell < n_cells; cell++) begin_of[cell + 1] += begin_of[cell];
        // Most are made cell after cell. A list that says so would be a third of what is read from memory at a spike.
        order.clear();
        if (std::is_sorted(sources.begin(), sources.end())) return;
        order.resize(sources.size());
        std::vector<int> next(begin_of.begin(), begin_of.end() - 1);
        for (size_t synapse = 0; synapse < sources.size(); synapse++)
            order[next[sources[synapse] - first_source]++] = (int)synapse;
    }

    void push(const int *cells, int n_cells)
    {
        if (delay_steps == 0)
        {
            deliver(cells, n_cells);
            return;
        }
        waiting[(now + delay_steps) % waiting.size()].assign(cells, cells + n_cells);
        deliver(waiting[now].data(), (int)waiting[now].size());
        now = (now + 1) % waiting.size();
    }

    // What is under way between two steps, for checkpoints.
    template <typename Stream> void write_waiting(Stream &out) const
    {
        out << now << ' ' << waiting.size();
        for (const std::vector<int> &cells : waiting)
        {
            out << ' ' << cells.size();
            for (int cell : cells) out << ' ' << cell;
        }
    }

    template <typename Stream> void read_waiting(Stream &in)
    {
        size_t steps = 0, cells = 0;
        in >> now >> steps;
        waiting.assign(steps, std::vector<int>());
        for (std::vector<int> &of_step : waiting)
        {
            in >> cells;
            of_step.resize(cells);
            for (int &cell : of_step) in >> cell;
        }
    }

private:
    void deliver(const int *cells, int n_cells)
    {
        if (n_cells == 0)
        {
            n_events = 0;
            return;
        }
        events = std::lower_bound(cells, cells + n_cells, first_source);
        n_events = (int)(std::lower_bound(events, cells + n_cells, last_source) - events);
    }

public:
    int first() const { return first_source; }
};

#endif
{% endmacro %}
