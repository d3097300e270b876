package dev.millrace.bench.shapes;

import com.softwaremill.jox.Channel;
import dev.millrace.chan.Chan;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/// One goroutine receives by a select over so many channels without buffer, another sends to them in turn. Figures are per
/// value.
@OperationsPerInvocation(SelectBlocking.VALUES)
public class SelectBlocking extends ChanShape {
    static final int VALUES = 50_000;

    @Param({"2", "8", "64"})
    public int cases;

    @Benchmark
    public long millrace() throws InterruptedException {
        List<Chan<Integer>> chans = Selecting.millrace(cases, 0);
        return Selecting.blocking(chans.stream().map(Pipe::of).toList(), Selecting.prepared(chans), VALUES);
    }

    /// With handlers, and made anew each time.
    @Benchmark
    public long millraceExpression() throws InterruptedException {
        List<Chan<Integer>> chans = Selecting.millrace(cases, 0);
        return Selecting.blocking(chans.stream().map(Pipe::of).toList(), Selecting.expression(chans), VALUES);
    }

    @Benchmark
    public long jox() throws InterruptedException {
        List<Channel<Integer>> channels = Selecting.jox(cases, 0);
        return Selecting.blocking(channels.stream().map(Pipe::of).toList(), Selecting.jox(channels), VALUES);
    }

    @Benchmark
    public long kotlin() throws InterruptedException {
        return KotlinSelecting.overChannels(KotlinExchange.allThreads(), cases, VALUES);
    }

    @Benchmark
    public long kotlinOneThread() throws InterruptedException {
        return KotlinSelecting.overChannels(KotlinExchange.oneThread(), cases, VALUES);
    }
}
