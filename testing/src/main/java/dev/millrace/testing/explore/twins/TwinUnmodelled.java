package dev.millrace.testing.explore.twins;

import dev.millrace.testing.explore.engine.Background;
import java.util.Collection;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What a [java.util.concurrent.ForkJoinPool] has and its twin has not: few use it, or it says how the JDK does things, which is not how it is done here.
abstract class TwinUnmodelled extends AbstractExecutorService implements ScheduledExecutorService {
    private static RuntimeException none(String method, String instead) {
        return Background.refuse("java.util.concurrent.ForkJoinPool." + method, instead);
    }

    private static RuntimeException delays(String method) {
        return none(method, "use a ScheduledThreadPoolExecutor");
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        throw delays("schedule");
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
        throw delays("schedule");
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long initial, long period, TimeUnit unit) {
        throw delays("scheduleAtFixedRate");
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long initial, long delay, TimeUnit unit) {
        throw delays("scheduleWithFixedDelay");
    }

    public <V> TwinForkJoinTask<V> submitWithTimeout(
            Callable<V> task, long time, TimeUnit unit, Consumer<? super TwinForkJoinTask<V>> action) {
        throw none("submitWithTimeout", "use CompletableFuture.orTimeout");
    }

    public long getDelayedTaskCount() {
        return 0;
    }

    public void cancelDelayedTasksOnShutdown() {}

    public long getStealCount() {
        throw none("getStealCount", "count in the program what its threads do");
    }

    protected @Nullable TwinForkJoinTask<?> pollSubmission() {
        throw none("pollSubmission", "submit what may be taken back to a queue of the program");
    }

    protected int drainTasksTo(Collection<? super TwinForkJoinTask<?>> tasks) {
        throw none("drainTasksTo", "use shutdownNow");
    }

    @SuppressWarnings("DoNotCallSuggester") // the methods of this name have to be there
    static @Nullable TwinForkJoinTask<?> noQueue(String method) {
        throw Background.refuse("java.util.concurrent.ForkJoinTask." + method, "use fork and join only");
    }
}
