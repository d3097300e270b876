package dev.millrace.bench.shapes;

import com.softwaremill.jox.Channel;
import dev.millrace.bench.shapes.Selecting.Source;
import dev.millrace.chan.Chan;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// A select over so many channels, each of which holds a value; and the send that fills the emptied one again.
public class SelectReady extends Shape {
    @Param({"2", "8", "64"})
    public int cases;

    /// Our channels, each with its own number.
    public abstract static class MillraceChannels {
        List<Chan<Integer>> chans;
        Source select;

        void fill(SelectReady shape) {
            chans = Selecting.millrace(shape.cases, 1);
            for (int i = 0; i < shape.cases; i++) {
                chans.get(i).send(i);
            }
        }

        Integer take() throws Exception {
            Integer number = select.receive();
            chans.get(number).send(number);
            return number;
        }
    }

    @State(Scope.Benchmark)
    public static class Prepared extends MillraceChannels {
        @Setup
        public void prepare(SelectReady shape) {
            fill(shape);
            select = Selecting.prepared(chans);
        }
    }

    @State(Scope.Benchmark)
    public static class Expression extends MillraceChannels {
        @Setup
        public void prepare(SelectReady shape) {
            fill(shape);
            select = Selecting.expression(chans);
        }
    }

    @State(Scope.Benchmark)
    public static class JoxChannels {
        List<Channel<Integer>> channels;
        Source select;

        @Setup
        public void fill(SelectReady shape) throws InterruptedException {
            channels = Selecting.jox(shape.cases, 1);
            for (int i = 0; i < shape.cases; i++) {
                channels.get(i).send(i);
            }
            select = Selecting.jox(channels);
        }
    }

    @State(Scope.Benchmark)
    public static class KotlinChannels {
        List<kotlinx.coroutines.channels.Channel<Integer>> channels;

        @Setup
        public void fill(SelectReady shape) {
            channels = KotlinSelecting.channels(shape.cases, 1);
            for (int i = 0; i < shape.cases; i++) {
                Never.answered(channels.get(i).send(i, Never.SUSPENDS));
            }
        }
    }

    @Benchmark
    public Integer millrace(Prepared state) throws Exception {
        return state.take();
    }

    /// With handlers, and made anew each time.
    @Benchmark
    public Integer millraceExpression(Expression state) throws Exception {
        return state.take();
    }

    @Benchmark
    public Integer jox(JoxChannels state) throws Exception {
        Integer number = state.select.receive();
        state.channels.get(number).send(number);
        return number;
    }

    @Benchmark
    public Integer kotlin(KotlinChannels state) {
        Integer number = (Integer) KotlinSelecting.ready(state.channels);
        Never.answered(state.channels.get(number).send(number, Never.SUSPENDS));
        return number;
    }
}
