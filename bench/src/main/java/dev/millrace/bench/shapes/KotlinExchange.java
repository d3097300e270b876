package dev.millrace.bench.shapes;

import java.util.concurrent.atomic.AtomicLong;
import kotlin.ResultKt;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.CoroutineContext;
import kotlin.coroutines.EmptyCoroutineContext;
import kotlinx.coroutines.BuildersKt;
import kotlinx.coroutines.CoroutineScope;
import kotlinx.coroutines.CoroutineStart;
import kotlinx.coroutines.Dispatchers;
import kotlinx.coroutines.channels.Channel;
import kotlinx.coroutines.channels.ChannelKt;

/// What [Exchange] does, by Kotlin's coroutines and channels.
final class KotlinExchange {
    private KotlinExchange() {}

    static CoroutineContext allThreads() {
        return Dispatchers.getDefault();
    }

    /// The event loop of `runBlocking`, on the thread that calls it.
    static CoroutineContext oneThread() {
        return EmptyCoroutineContext.INSTANCE;
    }

    static Channel<Integer> channel(int capacity) {
        return ChannelKt.Channel(capacity, kotlinx.coroutines.channels.BufferOverflow.SUSPEND, null);
    }

    /// What starts coroutines.
    interface Program {
        void start(CoroutineScope scope);
    }

    /// The body of a coroutine.
    interface Body {
        Object start(Continuation<? super Unit> caller);
    }

    /// `runBlocking(context) { program }`: returns when all coroutines have ended.
    static void run(CoroutineContext context, Program program) throws InterruptedException {
        BuildersKt.runBlocking(context, (scope, _) -> {
            program.start(scope);
            return Unit.INSTANCE;
        });
    }

    static void launch(CoroutineScope scope, Body body) {
        BuildersKt.launch(
                scope,
                EmptyCoroutineContext.INSTANCE,
                CoroutineStart.DEFAULT,
                (_, caller) -> body.start(caller));
    }

    static long stream(CoroutineContext context, int pairs, int values) throws InterruptedException {
        int each = values / pairs;
        var sum = new AtomicLong();
        run(context, scope -> {
            for (int i = 0; i < pairs; i++) {
                Channel<Integer> channel = channel(0);
                launch(scope, caller -> new Receiver(caller, channel, each, sum).start());
                launch(scope, caller -> new Sender(caller, channel, each).start());
            }
        });
        Exchange.check(sum.get(), pairs, each);
        return sum.get();
    }

    static long pingPong(CoroutineContext context, int pairs, int trips) throws InterruptedException {
        int each = trips / pairs;
        var sum = new AtomicLong();
        run(context, scope -> {
            for (int i = 0; i < pairs; i++) {
                Channel<Integer> there = channel(0);
                Channel<Integer> back = channel(0);
                launch(scope, caller -> new Stage(caller, there, back, each).start());
                launch(scope, caller -> new Pinger(caller, there, back, each, sum).start());
            }
        });
        Exchange.check(sum.get(), pairs, each);
        return sum.get();
    }

    static long through(CoroutineContext context, int capacity, int senders, int receivers, int values)
            throws InterruptedException {
        Channel<Integer> channel = channel(capacity);
        var sum = new AtomicLong();
        run(context, scope -> {
            for (int i = 0; i < receivers; i++) {
                launch(scope, caller -> new Receiver(caller, channel, values / receivers, sum).start());
            }
            for (int i = 0; i < senders; i++) {
                launch(scope, caller -> new Sender(caller, channel, values / senders).start());
            }
        });
        Exchange.check(sum.get(), senders, values / senders);
        return sum.get();
    }

    static long chain(CoroutineContext context, int stages, int values) throws InterruptedException {
        var sum = new AtomicLong();
        run(context, scope -> {
            Channel<Integer> first = channel(0);
            Channel<Integer> last = first;
            for (int i = 0; i < stages; i++) {
                Channel<Integer> in = last;
                Channel<Integer> out = channel(0);
                launch(scope, caller -> new Stage(caller, in, out, values).start());
                last = out;
            }
            Channel<Integer> end = last;
            launch(scope, caller -> new Receiver(caller, end, values, sum).start());
            launch(scope, caller -> new Sender(caller, first, values).start());
        });
        Exchange.check(sum.get(), 1, values);
        return sum.get();
    }

    static long sieve(CoroutineContext context, int limit) throws InterruptedException {
        var primes = new AtomicLong();
        run(context, scope -> {
            Channel<Integer> numbers = channel(0);
            launch(scope, caller -> new Numbers(caller, numbers, limit).start());
            launch(scope, caller -> new Sieve(caller, scope, numbers, primes).start());
        });
        return primes.get();
    }

    static final class Sender extends KotlinMachine {
        private final transient Channel<Integer> channel;
        private final int values;
        private int sent;

        Sender(Continuation<? super Unit> caller, Channel<Integer> channel, int values) {
            super(caller);
            this.channel = channel;
            this.values = values;
        }

        @Override
        protected Object invokeSuspend(Object result) {
            ResultKt.throwOnFailure(result);
            while (sent < values) {
                if (channel.send(sent++ & Exchange.MASK, this) == SUSPENDED) {
                    return SUSPENDED;
                }
            }
            return Unit.INSTANCE;
        }
    }

    static final class Receiver extends KotlinMachine {
        private final transient Channel<Integer> channel;
        private final AtomicLong total;
        private int left;
        private long sum;
        private boolean waits;

        Receiver(Continuation<? super Unit> caller, Channel<Integer> channel, int values, AtomicLong total) {
            super(caller);
            this.channel = channel;
            this.left = values;
            this.total = total;
        }

        @Override
        protected Object invokeSuspend(Object result) {
            ResultKt.throwOnFailure(result);
            if (waits) {
                sum += (Integer) result;
            }
            waits = true;
            while (left > 0) {
                left--;
                Object got = channel.receive(this);
                if (got == SUSPENDED) {
                    return SUSPENDED;
                }
                sum += (Integer) got;
            }
            total.addAndGet(sum);
            return Unit.INSTANCE;
        }
    }

    /// Passes on what it receives.
    static final class Stage extends KotlinMachine {
        private final transient Channel<Integer> in;
        private final transient Channel<Integer> out;
        private int left;
        private boolean receives;

        Stage(Continuation<? super Unit> caller, Channel<Integer> in, Channel<Integer> out, int values) {
            super(caller);
            this.in = in;
            this.out = out;
            this.left = values;
        }

        @Override
        protected Object invokeSuspend(Object result) {
            ResultKt.throwOnFailure(result);
            Object got = receives ? result : null;
            for (;;) {
                if (got == null) {
                    if (left-- == 0) {
                        return Unit.INSTANCE;
                    }
                    receives = true;
                    got = in.receive(this);
                    if (got == SUSPENDED) {
                        return SUSPENDED;
                    }
                }
                receives = false;
                if (out.send((Integer) got, this) == SUSPENDED) {
                    return SUSPENDED;
                }
                got = null;
            }
        }
    }

    static final class Pinger extends KotlinMachine {
        private final transient Channel<Integer> there;
        private final transient Channel<Integer> back;
        private final int trips;
        private final AtomicLong total;
        private int trip;
        private long sum;
        private int label;

        Pinger(
                Continuation<? super Unit> caller,
                Channel<Integer> there,
                Channel<Integer> back,
                int trips,
                AtomicLong total) {
            super(caller);
            this.there = there;
            this.back = back;
            this.trips = trips;
            this.total = total;
        }

        @Override
        protected Object invokeSuspend(Object result) {
            ResultKt.throwOnFailure(result);
            boolean sent = label == 1;
            if (label == 2) {
                sum += (Integer) result;
            }
            for (;;) {
                if (!sent) {
                    if (trip == trips) {
                        total.addAndGet(sum);
                        return Unit.INSTANCE;
                    }
                    label = 1;
                    if (there.send(trip++ & Exchange.MASK, this) == SUSPENDED) {
                        return SUSPENDED;
                    }
                }
                sent = false;
                label = 2;
                Object got = back.receive(this);
                if (got == SUSPENDED) {
                    return SUSPENDED;
                }
                sum += (Integer) got;
            }
        }
    }

    private static final class Numbers extends KotlinMachine {
        private final transient Channel<Integer> out;
        private final int limit;
        private int n = 2;

        Numbers(Continuation<? super Unit> caller, Channel<Integer> out, int limit) {
            super(caller);
            this.out = out;
            this.limit = limit;
        }

        @Override
        protected Object invokeSuspend(Object result) {
            ResultKt.throwOnFailure(result);
            while (n <= limit) {
                if (out.send(n++, this) == SUSPENDED) {
                    return SUSPENDED;
                }
            }
            if (n++ == limit + 1) {
                return out.send(0, this);
            }
            return Unit.INSTANCE;
        }
    }

    private static final class Sieve extends KotlinMachine {
        private final transient CoroutineScope scope;
        private final AtomicLong primes;
        private transient Channel<Integer> left;
        private boolean waits;

        Sieve(Continuation<? super Unit> caller, CoroutineScope scope, Channel<Integer> left, AtomicLong primes) {
            super(caller);
            this.scope = scope;
            this.left = left;
            this.primes = primes;
        }

        @Override
        protected Object invokeSuspend(Object result) {
            ResultKt.throwOnFailure(result);
            Object got = waits ? result : null;
            waits = true;
            for (;;) {
                if (got != null) {
                    int prime = (Integer) got;
                    if (prime == 0) {
                        return Unit.INSTANCE;
                    }
                    primes.getAndIncrement();
                    Channel<Integer> in = left;
                    Channel<Integer> out = channel(0);
                    launch(scope, caller -> new Filter(caller, in, prime, out).start());
                    left = out;
                }
                got = left.receive(this);
                if (got == SUSPENDED) {
                    return SUSPENDED;
                }
            }
        }
    }

    private static final class Filter extends KotlinMachine {
        private final transient Channel<Integer> in;
        private final int prime;
        private final transient Channel<Integer> out;
        private boolean over;
        private boolean receives;

        Filter(Continuation<? super Unit> caller, Channel<Integer> in, int prime, Channel<Integer> out) {
            super(caller);
            this.in = in;
            this.prime = prime;
            this.out = out;
        }

        @Override
        protected Object invokeSuspend(Object result) {
            ResultKt.throwOnFailure(result);
            Object got = receives ? result : null;
            for (;;) {
                if (got == null) {
                    if (over) {
                        return Unit.INSTANCE;
                    }
                    receives = true;
                    got = in.receive(this);
                    if (got == SUSPENDED) {
                        return SUSPENDED;
                    }
                }
                receives = false;
                int n = (Integer) got;
                over = n == 0;
                if ((over || n % prime != 0) && out.send((Integer) got, this) == SUSPENDED) {
                    return SUSPENDED;
                }
                got = null;
            }
        }
    }
}
