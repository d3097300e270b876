package dev.millrace.bench.shapes;

import com.softwaremill.jox.Channel;
import com.softwaremill.jox.Select;
import dev.millrace.chan.Chan;
import dev.millrace.chan.Selector;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/// One goroutine receives from a channel without buffer, or would stop after ten seconds of waiting; another sends. Figures are
/// per value.
@OperationsPerInvocation(SelectTimeout.VALUES)
public class SelectTimeout extends ChanShape {
    static final int VALUES = 50_000;

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @Benchmark
    public long millrace() throws InterruptedException {
        var chan = Chan.<Integer>unbuffered();
        var select = Selector.random();
        var value = select.receive(chan);
        return Selecting.blocking(
                List.of(Pipe.of(chan)), () -> select.await(TIMEOUT) == value ? value.value() : -1, VALUES);
    }

    @Benchmark
    public long jox() throws InterruptedException {
        List<Channel<Integer>> channels = Selecting.jox(1, 0);
        var clauses = Selecting.clauses(channels);
        return Selecting.blocking(
                List.of(Pipe.of(channels.getFirst())), () -> Select.selectWithin(TIMEOUT, clauses), VALUES);
    }

    @Benchmark
    public long kotlin() throws InterruptedException {
        return KotlinSelecting.orTimeout(KotlinExchange.allThreads(), TIMEOUT.toMillis(), VALUES);
    }

    @Benchmark
    public long kotlinOneThread() throws InterruptedException {
        return KotlinSelecting.orTimeout(KotlinExchange.oneThread(), TIMEOUT.toMillis(), VALUES);
    }

    @Benchmark
    public long jdkSynchronousQueue() throws InterruptedException {
        var queue = new SynchronousQueue<Integer>();
        return Selecting.blocking(
                List.of(Pipe.queue(queue)), () -> queue.poll(TIMEOUT.toSeconds(), TimeUnit.SECONDS), VALUES);
    }
}
