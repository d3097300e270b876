package dev.millrace.bench.shapes;

import dev.millrace.chan.Chan;
import dev.millrace.sync.WeightedSemaphore;
import java.util.concurrent.Semaphore;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// A semaphore of which one goroutine takes so many places so often, and then gives all back. There is always room. A fork loads one
/// subclass only, so that these calls cost nothing.
@State(Scope.Benchmark)
public abstract class Turnstile {
    /// The places there are, how many are taken at once, how often.
    @Param({"1x1x1", "2x1x1", "16x1x1", "128x1x1", "2x2x1", "16x2x8", "128x2x64", "2x1x2", "16x8x2", "128x64x2"})
    public String size;

    private int weight;
    private int times;

    @Setup
    public void begin() {
        String[] numbers = size.split("x", -1);
        open(Integer.parseInt(numbers[0]));
        weight = Integer.parseInt(numbers[1]);
        times = Integer.parseInt(numbers[2]);
    }

    abstract void open(int places);

    abstract void acquire(int weight) throws InterruptedException;

    abstract boolean tryAcquire(int weight);

    abstract void release(int weight);

    final void acquireAll() throws InterruptedException {
        for (int i = 0; i < times; i++) {
            acquire(weight);
        }
        releaseAll();
    }

    final void tryAll() {
        for (int i = 0; i < times; i++) {
            if (!tryAcquire(weight)) {
                throw new IllegalStateException("no room");
            }
        }
        releaseAll();
    }

    private void releaseAll() {
        for (int i = 0; i < times; i++) {
            release(weight);
        }
    }

    public static class OfMillrace extends Turnstile {
        private WeightedSemaphore places;

        @Override
        void open(int size) {
            places = new WeightedSemaphore(size);
        }

        @Override
        void acquire(int weight) {
            places.acquire(weight);
        }

        @Override
        boolean tryAcquire(int weight) {
            return places.tryAcquire(weight);
        }

        @Override
        void release(int weight) {
            places.release(weight);
        }
    }

    /// A channel with so many places: who has a value in it has a place. Several are taken one by one, as in Go's own comparison: nobody else
    /// takes some meanwhile here.
    public static class OfChan extends Turnstile {
        private Chan<Boolean> places;

        @Override
        void open(int size) {
            places = Chan.buffered(size);
        }

        @Override
        void acquire(int weight) {
            for (int i = 0; i < weight; i++) {
                places.send(true);
            }
        }

        @Override
        boolean tryAcquire(int weight) {
            if (places.len() + weight > places.cap()) {
                return false;
            }
            acquire(weight);
            return true;
        }

        @Override
        void release(int weight) {
            for (int i = 0; i < weight; i++) {
                places.receive();
            }
        }
    }

    public static class OfSemaphore extends Turnstile {
        private Semaphore places;

        boolean isFair() {
            return false;
        }

        @Override
        void open(int size) {
            places = new Semaphore(size, isFair());
        }

        @Override
        void acquire(int weight) throws InterruptedException {
            places.acquire(weight);
        }

        @Override
        boolean tryAcquire(int weight) {
            return places.tryAcquire(weight);
        }

        @Override
        void release(int weight) {
            places.release(weight);
        }
    }

    public static class OfFairSemaphore extends OfSemaphore {
        @Override
        boolean isFair() {
            return true;
        }
    }
}
