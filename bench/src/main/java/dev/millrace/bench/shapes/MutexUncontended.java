package dev.millrace.bench.shapes;

import dev.millrace.sync.Mutex;
import java.util.concurrent.locks.ReentrantLock;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/// So many goroutines go through sections, each under a mutex of its own. Figures are per section.
@OperationsPerInvocation(Alone.OPERATIONS)
public class MutexUncontended extends ChanShape {
    @Param({"1", "2", "8", "100"})
    public int goroutines;

    private static final class OfMillrace extends Alone {
        private final Mutex lock = new Mutex();

        @Override
        void operate() {
            lock.lock();
            try {
                raise();
            } finally {
                lock.unlock();
            }
        }
    }

    private static final class OfReentrantLock extends Alone {
        private final ReentrantLock lock = new ReentrantLock();

        @Override
        void operate() {
            lock.lock();
            try {
                raise();
            } finally {
                lock.unlock();
            }
        }
    }

    private static final class OfMonitor extends Alone {
        @Override
        synchronized void operate() {
            raise();
        }
    }

    @Benchmark
    public long millrace() throws InterruptedException {
        return Alone.run(goroutines, OfMillrace::new);
    }

    @Benchmark
    public long kotlin() throws InterruptedException {
        return KotlinGuarded.byOwnMutexes(Alone.OPERATIONS, goroutines);
    }

    @Benchmark
    public long jdkReentrantLock() throws InterruptedException {
        return Alone.run(goroutines, OfReentrantLock::new);
    }

    @Benchmark
    @Fork(jvmArgsAppend = "-XX:-EliminateLocks")
    public long jdkSynchronized() throws InterruptedException {
        return Alone.run(goroutines, OfMonitor::new);
    }
}
