package dev.millrace.bench.shapes;

import com.softwaremill.jox.Channel;
import dev.millrace.chan.Chan;
import dev.millrace.chan.Selector;
import dev.millrace.context.Context;
import java.util.List;
import kotlinx.coroutines.Job;
import kotlinx.coroutines.JobKt;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/// One goroutine receives from a channel without buffer, or would stop if its context ended; another sends. Figures are per
/// value.
@OperationsPerInvocation(SelectDone.VALUES)
public class SelectDone extends ChanShape {
    static final int VALUES = 100_000;

    private final Context context = Context.background().withCancel();
    private final Job job = JobKt.Job(null);

    @Benchmark
    public long millrace() throws InterruptedException {
        var chan = Chan.<Integer>unbuffered();
        var select = Selector.random();
        var value = select.receive(chan);
        select.done(context);
        return Selecting.blocking(List.of(Pipe.of(chan)), () -> select.await() == value ? value.value() : -1, VALUES);
    }

    /// `receive(ctx)`, which needs no select.
    @Benchmark
    public long millraceContext() throws InterruptedException {
        var chan = Chan.<Integer>unbuffered();
        return Selecting.blocking(List.of(Pipe.of(chan)), () -> chan.receive(context), VALUES);
    }

    /// Without any context: what the others are measured against.
    @Benchmark
    public long millracePlain() throws InterruptedException {
        var chan = Chan.<Integer>unbuffered();
        return Selecting.blocking(List.of(Pipe.of(chan)), chan::receive, VALUES);
    }

    /// Has no contexts: a second channel stands for one.
    @Benchmark
    public long jox() throws InterruptedException {
        List<Channel<Integer>> channels = Selecting.jox(2, 0);
        return Selecting.blocking(List.of(Pipe.of(channels.getFirst())), Selecting.jox(channels), VALUES);
    }

    @Benchmark
    public long kotlin() throws InterruptedException {
        return KotlinSelecting.orDone(KotlinExchange.allThreads(), job, VALUES);
    }

    @Benchmark
    public long kotlinOneThread() throws InterruptedException {
        return KotlinSelecting.orDone(KotlinExchange.oneThread(), job, VALUES);
    }
}
