package dev.millrace.bench.shapes;

import com.softwaremill.jox.Channel;
import com.softwaremill.jox.SelectClause;
import dev.millrace.chan.Case;
import dev.millrace.chan.Chan;
import dev.millrace.chan.Select;
import dev.millrace.chan.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// What the shapes with a select share.
final class Selecting {
    private Selecting() {}

    /// Receives one value.
    interface Source {
        Integer receive() throws Exception;
    }

    /// One virtual thread sends that many values into the channels in turn, another receives as many.
    static long blocking(List<Pipe> channels, Source source, int values) throws InterruptedException {
        var crew = new Crew();
        var total = new AtomicLong();
        crew.go(() -> {
            long sum = 0;
            for (int i = 0; i < values; i++) {
                sum += source.receive();
            }
            total.set(sum);
        });
        crew.go(() -> {
            int next = 0;
            for (int i = 0; i < values; i++) {
                channels.get(next).send(i & Exchange.MASK);
                next = next + 1 == channels.size() ? 0 : next + 1;
            }
        });
        crew.await();
        Exchange.check(total.get(), 1, values);
        return total.get();
    }

    static List<Chan<Integer>> millrace(int count, int capacity) {
        return IntStream.range(0, count).mapToObj(_ -> Chan.<Integer>buffered(capacity)).toList();
    }

    static List<Channel<Integer>> jox(int count, int capacity) {
        return Stream.generate(() -> capacity == 0
                ? Channel.<Integer>newRendezvousChannel()
                : Channel.<Integer>newBufferedChannel(capacity)).limit(count).toList();
    }

    /// The form for loops: made once, run again and again.
    static Source prepared(List<Chan<Integer>> chans) {
        var select = Selector.random();
        var cases = new ArrayList<Selector.Receive<Integer>>();
        chans.forEach(chan -> cases.add(select.receive(chan)));
        return () -> cases.get(select.await().index()).value();
    }

    /// The form with handlers: made anew each time, as it stands in a program.
    static Source expression(List<Chan<Integer>> chans) {
        return () -> {
            @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no arrays of generic types
            Case<Integer>[] cases = new Case[chans.size()];
            for (int i = 0; i < cases.length; i++) {
                cases[i] = Case.receive(chans.get(i), value -> value);
            }
            return Select.first(cases);
        };
    }

    /// Its clauses are made once, which saves them their making.
    static Source jox(List<Channel<Integer>> channels) {
        SelectClause<Integer>[] clauses = clauses(channels);
        return () -> com.softwaremill.jox.Select.select(clauses);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no arrays of generic types
    static SelectClause<Integer>[] clauses(List<Channel<Integer>> channels) {
        return channels.stream().map(Channel::receiveClause).toArray(SelectClause[]::new);
    }
}
