package dev.millrace.go;

import dev.millrace.internal.Knot;
import dev.millrace.internal.Meeting;
import dev.millrace.internal.Sight;
import dev.millrace.internal.WaitFor;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/// Who waits for whom, at one moment; see [Goroutines#waitGraph()].
///
/// What is known: a context, a timer, the tasks of a group, the goroutines that a wait group has started itself, who runs a `Once` or a flight; who
/// holds a lock, when that was made in debug mode. What is not: who else has a channel, a condition, a semaphore or a wait group in reach.
/// A JVM does not tell who refers to an object. There `end` is [End#ANYBODY], and `why` says who that might be. So a knot is what cannot come
/// apart by those who are known to be able to; that a stranger unlocks a lock or counts a wait group down is not foreseen.
///
/// @param waits all who wait by the library, by their numbers
/// @param knots those of them that only wait for each other
/// @param meetings the channels at which somebody waits: who is there, and so who is missing
/// @param facing in words, each pair of goroutines that select on the same channels and never meet: both send, or both receive, at each
public record WaitGraph(List<Awaiting> waits, List<Ring> knots, List<Place> meetings, List<String> facing) {
    /// What it takes to end a wait.
    public enum End {
        /// Anybody could do it who has the object.
        ANYBODY,

        /// Each of those who are known has to act.
        ALL_OF,

        /// One of those who are known has to act.
        ONE_OF,

        /// A timer does it.
        TIME,

        /// Nothing can.
        NOBODY
    }

    /// One who waits.
    ///
    /// @param id his number
    /// @param label what dumps call him, such as `goroutine 12 "reader"`
    /// @param waitsFor what he waits for, in words
    /// @param waited for how long
    /// @param end what it takes
    /// @param why the same, in words
    /// @param by those who are known: the edges of the graph. Who wait for the same thing share the list
    public record Awaiting(
            long id, String label, String waitsFor, Duration waited, End end, String why, List<Edge> by) {}

    /// Somebody who could help to end a wait.
    ///
    /// @param to his number
    /// @param label what dumps call him
    /// @param why what he has to do with it: `holds mutex "a" since Bank.java:31`
    public record Edge(long to, String label, String why) {}

    /// Goroutines that wait only for each other, and perhaps for what never comes.
    ///
    /// @param members the numbers of all of them
    /// @param ring of them, those of one ring, each waiting for the next and the last for the first; empty when there is none
    /// @param text what happens, a line for each of the ring
    public record Ring(List<Long> members, List<Long> ring, List<String> text) {}

    /// A channel at which somebody waits.
    ///
    /// @param channel the channel, in words
    /// @param senders the numbers of those who would send
    /// @param receivers the numbers of those who would receive
    public record Place(String channel, List<Long> senders, List<Long> receivers) {}

    /// Copies the lists.
    public WaitGraph {
        waits = List.copyOf(waits);
        knots = List.copyOf(knots);
        meetings = List.copyOf(meetings);
        facing = List.copyOf(facing);
    }

    static WaitGraph of(List<Sight> sights) {
        WaitFor graph = WaitFor.look(sights);
        List<Meeting> meetings = Meeting.of(graph.waits());
        var edges = new IdentityHashMap<Object, List<Edge>>();
        var waits = new ArrayList<Awaiting>();
        for (WaitFor.Awaiting w : graph.waits()) {
            Sight sight = w.sight();
            List<Edge> by = edges.computeIfAbsent(w.by(), _ -> w.by().stream()
                    .map(r -> new Edge(r.thread().threadId(), r.who(), r.why())).toList());
            waits.add(new Awaiting(sight.id(), sight.label(), sight.waitsFor(), sight.waited(),
                    End.valueOf(w.end().name()),
                    w.why(), by));
        }
        return new WaitGraph(
                waits,
                graph.knots().stream().map(WaitGraph::ring).toList(),
                meetings.stream().map(m -> new Place(m.chan().toString(), ids(m.senders()), ids(m.receivers())))
                        .toList(),
                Meeting.facing(meetings).stream().map(Object::toString).toList());
    }

    private static Ring ring(Knot knot) {
        return new Ring(
                ids(knot.waits().stream().map(WaitFor.Awaiting::sight).toList()),
                ids(knot.cycle().stream().map(WaitFor.Awaiting::sight).toList()),
                knot.lines(Integer.MAX_VALUE));
    }

    private static List<Long> ids(List<Sight> sights) {
        return sights.stream().map(Sight::id).toList();
    }

    /// Writes it as text: the knots first, then each wait.
    ///
    /// @throws IOException what `out` throws
    public void text(Appendable out) throws IOException {
        for (Ring knot : knots) {
            out.append(knot.ring.isEmpty() ? "wait only for each other and for what never comes:\n"
                    : "wait for each other in a ring:\n");
            for (String line : knot.text) {
                out.append("    ").append(line).append('\n');
            }
            if (knot.members.size() > knot.text.size()) {
                out.append("    and hold up ").append(String.valueOf(knot.members.size() - knot.text.size()))
                        .append(" more\n");
            }
        }
        for (String pair : facing) {
            out.append(pair).append('\n');
        }
        for (Awaiting w : waits) {
            out.append(w.label).append(" waits: ").append(w.waitsFor).append("; ").append(w.why).append('\n');
            int n = 0;
            for (Edge edge : w.by) {
                if (n++ == 8) {
                    out.append("    and ").append(String.valueOf(w.by.size() - 8)).append(" more\n");
                    break;
                }
                out.append("    ").append(edge.label).append(' ').append(edge.why).append('\n');
            }
        }
    }

    /// Writes it as JSON: an object with the components of this record, and of those within, under their names; `waited` is `waitedNanos`.
    ///
    /// @throws IOException what `out` throws
    public void json(Appendable out) throws IOException {
        var json = new Json(out);
        json.open('{').key("waits").open('[');
        for (Awaiting w : waits) {
            json.open('{').key("id").value(w.id).key("label").value(w.label).key("waitsFor").value(w.waitsFor);
            json.key("waitedNanos").value(w.waited.toNanos()).key("end").value(w.end.name()).key("why").value(w.why);
            json.key("by").open('[');
            for (Edge e : w.by) {
                json.open('{').key("to").value(e.to).key("label").value(e.label).key("why").value(e.why).close('}');
            }
            json.close(']').close('}');
        }
        json.close(']').key("knots").open('[');
        for (Ring k : knots) {
            numbers(json.open('{').key("members"), k.members);
            numbers(json.key("ring"), k.ring);
            texts(json.key("text"), k.text);
            json.close('}');
        }
        json.close(']').key("meetings").open('[');
        for (Place p : meetings) {
            numbers(json.open('{').key("channel").value(p.channel).key("senders"), p.senders);
            numbers(json.key("receivers"), p.receivers);
            json.close('}');
        }
        texts(json.close(']').key("facing"), facing);
        json.close('}');
        out.append('\n');
    }

    private static void numbers(Json json, List<Long> ids) throws IOException {
        json.open('[');
        for (long id : ids) {
            json.value(id);
        }
        json.close(']');
    }

    private static void texts(Json json, List<String> lines) throws IOException {
        json.open('[');
        for (String line : lines) {
            json.value(line);
        }
        json.close(']');
    }

    /// [#text].
    @Override
    public String toString() {
        var text = new StringBuilder();
        try {
            text(text);
        } catch (IOException e) {
            throw new AssertionError(e); // a StringBuilder throws none
        }
        return text.toString();
    }
}
