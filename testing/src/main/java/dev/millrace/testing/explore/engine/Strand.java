package dev.millrace.testing.explore.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// One thread of the program under test; see [Run] for who may change what.
///
/// ```
///   NEW --> READY <--> RUNNING --> DONE
///             ^           |
///             +- WAITING -+
/// ```
///
/// All fields belong to whoever has the baton. It is handed on by `turn`, which is the one thing that is written by one thread while
/// another reads it.
final class Strand {
    enum State {
        READY(0),
        WAITING(1),
        DONE(2);

        final int number;

        State(int number) {
            this.number = number;
        }
    }

    static final long NEVER = Long.MAX_VALUE;

    final int index;
    final Thread thread;
    State state = State.READY;
    boolean begun;
    boolean daemon; // need not end
    int depth; // of bodies within each other

    // While it waits.
    BooleanSupplier condition = () -> true;
    long deadline = NEVER;
    boolean interruptible;
    boolean parked; // by a park, which may return for no reason
    @Nullable Object awaited;
    String waits = "";

    boolean permit; // of LockSupport
    boolean interrupted;
    long behind; // those who go first, since this one has given way
    int reads; // since it has last written
    int quiet; // > 0: no points
    int site; // of its last act
    boolean abort; // is being unwound
    int aborts;
    final ArrayList<Object> skipped = new ArrayList<>(0); // locks that a planted fault has it not take

    // An act of which is not known yet whether it writes.
    @Nullable Object pendingObject;
    int pendingField = -1;
    int pendingIndex;
    int pendingKind;

    int[] clock;
    long hash; // of its acts
    int acts; // how many
    private long random;

    private volatile boolean turn;

    Strand(int index, Thread thread) {
        this.index = index;
        this.thread = thread;
        clock = new int[Math.max(8, index + 1)];
        clock[index] = 1;
        random = index;
    }

    /// The same numbers in each schedule.
    long random() {
        random += 0x9E3779B97F4A7C15L;
        long z = (random ^ (random >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    long bit() {
        return 1L << index;
    }

    /// Gives it the baton.
    void resume() {
        turn = true;
        LockSupport.unpark(thread);
    }

    /// Waits for the baton. By its own thread.
    void pause() {
        while (!turn) {
            LockSupport.park(this);
            if (Thread.interrupted()) { // by code that is not rewritten
                interrupted = true;
            }
        }
        turn = false;
    }

    int time(int of) {
        return of < clock.length ? clock[of] : 0;
    }

    /// Everything that `other` tells of has happened before.
    void join(int @Nullable [] other) {
        if (other == null) {
            return;
        }
        if (other.length > clock.length) {
            clock = Arrays.copyOf(clock, other.length);
        }
        for (int i = 0; i < other.length; i++) {
            if (other[i] > clock[i]) {
                clock[i] = other[i];
            }
        }
    }

    /// What happened up to now, for others to [#join]; what happens next is later.
    int[] release() {
        int[] now = clock.clone();
        clock[index]++;
        return now;
    }

    String name() {
        String name = thread.getName();
        return index == 0 ? "main" : name.isEmpty() ? "thread " + index : name;
    }

    @Override
    public String toString() {
        return "[" + index + "] " + name();
    }
}
