package dev.millrace.bench.shapes;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/// What virtual threads do with pipes. Everybody takes a number of values that is known before, so that nobody needs a close;
/// and what was received is summed up and checked, so that nothing of it can be left out.
final class Exchange {
    /// Senders send 0 to 127 again and again: numbers for which the JDK keeps its boxes.
    static final int MASK = 127;

    private Exchange() {}

    static void send(Pipe pipe, int values) throws InterruptedException {
        for (int i = 0; i < values; i++) {
            pipe.send(i & MASK);
        }
    }

    static long receive(Pipe pipe, int values) throws InterruptedException {
        long sum = 0;
        for (int i = 0; i < values; i++) {
            sum += pipe.receive();
        }
        return sum;
    }

    static void check(long sum, int senders, int values) {
        int period = MASK + 1;
        long rest = values % period;
        long expected = senders * (values / period * (long) period * MASK / 2 + rest * (rest - 1) / 2);
        if (sum != expected) {
            throw new IllegalStateException("received " + sum + ", sent " + expected);
        }
    }

    /// So many pairs, each with its own pipe, move that many values in all.
    static long stream(Supplier<Pipe> maker, int pairs, int values) throws InterruptedException {
        int each = values / pairs;
        var crew = new Crew();
        var sum = new AtomicLong();
        for (int i = 0; i < pairs; i++) {
            Pipe pipe = maker.get();
            crew.go(() -> sum.addAndGet(receive(pipe, each)));
            crew.go(() -> send(pipe, each));
        }
        crew.await();
        check(sum.get(), pairs, each);
        return sum.get();
    }

    /// So many pairs, each with two pipes, send values there and back, that many in all.
    static long pingPong(Supplier<Pipe> maker, int pairs, int trips) throws InterruptedException {
        int each = trips / pairs;
        var crew = new Crew();
        var sum = new AtomicLong();
        for (int i = 0; i < pairs; i++) {
            Pipe there = maker.get();
            Pipe back = maker.get();
            crew.go(() -> {
                for (int n = 0; n < each; n++) {
                    back.send(there.receive());
                }
            });
            crew.go(() -> {
                long returned = 0;
                for (int n = 0; n < each; n++) {
                    there.send(n & MASK);
                    returned += back.receive();
                }
                sum.addAndGet(returned);
            });
        }
        crew.await();
        check(sum.get(), pairs, each);
        return sum.get();
    }

    /// So many senders and so many receivers move that many values through one pipe.
    static long through(Pipe pipe, int senders, int receivers, int values) throws InterruptedException {
        var crew = new Crew();
        var sum = new AtomicLong();
        for (int i = 0; i < receivers; i++) {
            crew.go(() -> sum.addAndGet(receive(pipe, values / receivers)));
        }
        for (int i = 0; i < senders; i++) {
            crew.go(() -> send(pipe, values / senders));
        }
        crew.await();
        check(sum.get(), senders, values / senders);
        return sum.get();
    }

    /// A chain of so many goroutines is made, each of which passes on what it receives, and that many values go through it.
    static long chain(Supplier<Pipe> maker, int stages, int values) throws InterruptedException {
        var crew = new Crew();
        Pipe first = maker.get();
        Pipe last = first;
        for (int i = 0; i < stages; i++) {
            Pipe in = last;
            Pipe out = maker.get();
            crew.go(() -> {
                for (int n = 0; n < values; n++) {
                    out.send(in.receive());
                }
            });
            last = out;
        }
        Pipe end = last;
        var sum = new AtomicLong();
        crew.go(() -> sum.set(receive(end, values)));
        crew.go(() -> send(first, values));
        crew.await();
        check(sum.get(), 1, values);
        return sum.get();
    }

    /// Numbers from 2 to `limit` go through a chain that grows by one filter with each prime. The number 0 ends it. Answers
    /// how many primes there were.
    static long sieve(Supplier<Pipe> maker, int limit) throws InterruptedException {
        var crew = new Crew();
        Pipe numbers = maker.get();
        crew.go(() -> {
            for (int n = 2; n <= limit; n++) {
                numbers.send(n);
            }
            numbers.send(0);
        });
        var primes = new AtomicLong();
        crew.go(() -> {
            Pipe left = numbers;
            for (int prime = left.receive(); prime != 0; prime = left.receive()) {
                primes.getAndIncrement();
                left = filter(crew, left, prime, maker.get());
            }
        });
        crew.await();
        return primes.get();
    }

    private static Pipe filter(Crew crew, Pipe in, int prime, Pipe out) {
        crew.go(() -> {
            Integer n;
            do {
                n = in.receive();
                if (n == 0 || n % prime != 0) {
                    out.send(n);
                }
            } while (n != 0);
        });
        return out;
    }
}
