package dev.millrace.bench.shapes;

import java.util.concurrent.SynchronousQueue;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Warmup;

/// The first 2,000 primes, by a chain of filters with channels without buffer between them, one for each prime. Figures are per
/// sieve.
@BenchmarkMode(Mode.SingleShotTime)
@Warmup(iterations = 4)
@Measurement(iterations = 4)
public class ChanSieve extends ChanShape {
    private static final int PRIMES = 2_000;
    private static final int LAST_PRIME = 17_389;

    @Benchmark
    public long millrace() throws InterruptedException {
        return checked(Exchange.sieve(Pipe::millrace, LAST_PRIME));
    }

    /// Takes several seconds a sieve.
    @Benchmark
    @Warmup(iterations = 1)
    @Measurement(iterations = 1)
    public long jox() throws InterruptedException {
        return checked(Exchange.sieve(Pipe::jox, LAST_PRIME));
    }

    @Benchmark
    public long kotlin() throws InterruptedException {
        return checked(KotlinExchange.sieve(KotlinExchange.allThreads(), LAST_PRIME));
    }

    @Benchmark
    public long kotlinOneThread() throws InterruptedException {
        return checked(KotlinExchange.sieve(KotlinExchange.oneThread(), LAST_PRIME));
    }

    @Benchmark
    public long jdkSynchronousQueue() throws InterruptedException {
        return checked(Exchange.sieve(() -> Pipe.queue(new SynchronousQueue<>()), LAST_PRIME));
    }

    @Benchmark
    public long jdkLinkedTransferQueue() throws InterruptedException {
        return checked(Exchange.sieve(Pipe::transfer, LAST_PRIME));
    }

    private static long checked(long primes) {
        if (primes != PRIMES) {
            throw new IllegalStateException(primes + " primes");
        }
        return primes;
    }
}
