{% macro cpp_file() %}
#include "network.h"
#include "checkpoint.h"
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

double Network::_last_run_time = 0.0;
double Network::_last_run_completed_fraction = 0.0;
bool Network::_globally_stopped = false;
bool Network::_globally_running = false;

Network::Network() : t(0.0) {}

void Network::clear() { objects.clear(); }

void Network::add(Clock *clock, codeobj_func func) { objects.push_back(std::make_pair(clock, func)); }

// Brian2's own loop asks the system for the processor time before every object and looks clocks up in sets: with some
// twenty objects in a step of 5 microseconds that is more work than the model. Here objects of the fastest clock are
// called one after the other; the others wait for the step in which their own clock is due. Progress is looked at once
// in a thousand steps.
void Network::run(const double duration, void (*report)(const double, const double, const double, const double),
                  const double report_period)
{
    typedef std::chrono::steady_clock wall;
    const double t_start = t, t_end = t + duration;
    std::set<Clock *> clocks;
    for (auto &object : objects) clocks.insert(object.first);
    Clock *fast = *clocks.begin();
    for (Clock *clock : clocks)
    {
        clock->set_interval(t_start, t_end);
        if (clock->dt[0] < fast->dt[0]) fast = clock;
    }
    // Steps of every clock are counted in steps of the fastest.
    std::vector<int64_t> steps;
    std::vector<codeobj_func> every_step;
    for (auto &object : objects)
    {
        const double ratio = object.first->dt[0] / fast->dt[0];
        steps.push_back((int64_t)(ratio + 0.5));
        if (std::fabs(ratio - steps.back()) > 1e-6 * ratio)
        {
            std::fprintf(stderr, "burstlab: the steps of all clocks must be multiples of the shortest one\n");
            std::exit(1);
        }
    }
    for (size_t i = 0; i < objects.size(); i++)
        if (steps[i] == 1 && objects[i].second) every_step.push_back(objects[i].second);
    std::vector<Clock *> twins;  // other clocks with the same step
    for (Clock *clock : clocks)
        if (clock != fast && (int64_t)(clock->dt[0] / fast->dt[0] + 0.5) == 1) twins.push_back(clock);
    int64_t slowest_common = 0;  // the fewest steps after which some slower clock may be due
    for (int64_t step : steps)
        if (step > 1)
        {
            int64_t a = slowest_common, b = step;
            while (b) { const int64_t rest = a % b; a = b; b = rest; }
            slowest_common = a;
        }

    // A run that goes on has all its arrays, those of the clocks too, from the checkpoint.
    const int64_t checkpoint_steps = (int64_t)(burstlab_begin_checkpoints() / fast->dt[0] + 0.5);
    int64_t step = fast->timestep[0];
    int64_t next_checkpoint = checkpoint_steps > 0 ? (step / checkpoint_steps + 1) * checkpoint_steps : INT64_MAX;
    const wall::time_point began = wall::now();
    const auto elapsed_since = [&began]() { return std::chrono::duration<double>(wall::now() - began).count(); };
    // After a checkpoint passes so many times as long as it took to write.
    const char *told = std::getenv("BURSTLAB_CHECKPOINT_REST");
    const double checkpoint_rest = told ? std::atof(told) : 0;
    double no_checkpoint_before = 0;
    double next_report = report_period;
    if (report) report(0.0, (fast->t[0] - t_start) / duration, t_start, duration);
    _globally_running = true;
    // Who only looks at a checkpoint gets all arrays as they were there: no step is made, and nothing is written to it.
    _globally_stopped = burstlab_only_looks();
    while (fast->running() && !_globally_stopped)
    {
        t = fast->t[0];
        if (slowest_common && step % slowest_common == 0)
        {
            for (Clock *clock : clocks)
            {
                const int64_t every = (int64_t)(clock->dt[0] / fast->dt[0] + 0.5);
                if (clock != fast && step % every == 0)
                {
                    clock->timestep[0] = step / every;
                    clock->t[0] = clock->timestep[0] * clock->dt[0];
                }
            }
            for (size_t i = 0; i < objects.size(); i++)
                if (objects[i].second && step % steps[i] == 0) objects[i].second();
        }
        else
            for (codeobj_func func : every_step) func();
        fast->tick();
        for (Clock *clock : twins) clock->tick();
        step++;
        if (__builtin_expect(step == next_checkpoint, 0))
        {
            next_checkpoint += checkpoint_steps;
            const double elapsed = elapsed_since();
            if (fast->running() && burstlab_diverged())
            {
                // What has diverged does not come back, and nobody would go on from it.
                std::printf("burstlab-diverged %.17g\n", fast->t[0]);
                _globally_stopped = true;
            }
            else if (fast->running() && elapsed >= no_checkpoint_before)
            {
                burstlab_write_checkpoint(fast->t[0], burstlab_earlier() + elapsed);
                no_checkpoint_before = elapsed_since() + checkpoint_rest * (elapsed_since() - elapsed);
            }
        }
        if (report && (step & 1023) == 0)
        {
            const double elapsed = elapsed_since();
            if (elapsed > next_report)
            {
                report(elapsed, (fast->t[0] - t_start) / duration, t_start, duration);
                next_report = elapsed + report_period;
            }
            // A program whose parent is gone has nobody to give its results to.
            const char *parent = std::getenv("BURSTLAB_PARENT");
            if (parent && getppid() != std::atoi(parent)) std::exit(1);
        }
    }
    _globally_running = false;
    t = _globally_stopped ? fast->t[0] : t_end;
    _last_run_time = burstlab_earlier() + elapsed_since();
    _last_run_completed_fraction = duration > 0 ? (t - t_start) / duration : 1.0;
    if (report) report(_last_run_time, _last_run_completed_fraction, t_start, duration);
}
{% endmacro %}

{% macro h_file() %}
#ifndef _BRIAN_NETWORK_H
#define _BRIAN_NETWORK_H

#include <set>
#include <utility>
#include <vector>
#include "brianlib/clocks.h"

typedef void (*codeobj_func)();

class Network
{
public:
    std::vector<std::pair<Clock *, codeobj_func>> objects;
    double t;
    static double _last_run_time;
    static double _last_run_completed_fraction;
    static bool _globally_stopped;
    static bool _globally_running;

    Network();
    void clear();
    void add(Clock *clock, codeobj_func func);
    void run(const double duration, void (*report)(const double, const double, const double, const double),
             const double report_period);
};

#endif
{% endmacro %}
