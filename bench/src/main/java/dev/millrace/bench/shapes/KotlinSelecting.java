package dev.millrace.bench.shapes;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import kotlin.ResultKt;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.CoroutineContext;
import kotlin.coroutines.EmptyCoroutineContext;
import kotlin.jvm.functions.Function1;
import kotlin.jvm.functions.Function2;
import kotlinx.coroutines.Job;
import kotlinx.coroutines.channels.Channel;
import kotlinx.coroutines.selects.OnTimeoutKt;
import kotlinx.coroutines.selects.SelectImplementation;

/// A coroutine that receives by `select { … }`, which Kotlin's compiler makes such calls of.
abstract class KotlinSelecting extends KotlinMachine {
    private final AtomicLong total;
    private int left;
    private long sum;
    private boolean waits;

    private KotlinSelecting(Continuation<? super Unit> caller, int values, AtomicLong total) {
        super(caller);
        this.left = values;
        this.total = total;
    }

    /// What stands between the braces.
    abstract void clauses(SelectImplementation<Integer> select);

    @Override
    protected final Object invokeSuspend(Object result) {
        ResultKt.throwOnFailure(result);
        if (waits) {
            sum += (Integer) result;
        }
        waits = true;
        while (left > 0) {
            left--;
            var select = new SelectImplementation<Integer>(getContext());
            clauses(select);
            Object got = select.doSelect(this);
            if (got == SUSPENDED) {
                return SUSPENDED;
            }
            sum += (Integer) got;
        }
        total.addAndGet(sum);
        return Unit.INSTANCE;
    }

    /// `channel.onReceive { it }`.
    static void onReceive(SelectImplementation<Integer> select, Channel<Integer> channel) {
        Function2<Integer, Continuation<? super Integer>, Object> handler = (value, _) -> value;
        select.invoke(channel.getOnReceive(), handler);
    }

    /// `{ -1 }`, for what does not happen.
    private static Function1<Continuation<? super Integer>, Object> unexpected() {
        return _ -> -1;
    }

    static Object ready(List<Channel<Integer>> channels) {
        var select = new SelectImplementation<Integer>(EmptyCoroutineContext.INSTANCE);
        for (int i = 0; i < channels.size(); i++) {
            onReceive(select, channels.get(i));
        }
        return Never.answered(select.doSelect(Never.SUSPENDS));
    }

    static List<Channel<Integer>> channels(int count, int capacity) {
        return IntStream.range(0, count).mapToObj(_ -> KotlinExchange.channel(capacity)).toList();
    }

    /// Receives one value by a select over `channels`.
    static KotlinMachine receiver(
            Continuation<? super Unit> caller, List<Channel<Integer>> channels, AtomicLong sum) {
        return new OverChannels(caller, channels, 1, sum);
    }

    /// Selects over channels to which one coroutine sends in turn.
    static long overChannels(CoroutineContext context, int count, int values) throws InterruptedException {
        List<Channel<Integer>> channels = channels(count, 0);
        return run(
                context,
                (caller, sum) -> new OverChannels(caller, channels, values, sum),
                caller -> new InTurn(caller, channels, values),
                values);
    }

    /// Selects over one channel and the end of a job.
    static long orDone(CoroutineContext context, Job done, int values) throws InterruptedException {
        Channel<Integer> channel = KotlinExchange.channel(0);
        return run(
                context,
                (caller, sum) -> new OrDone(caller, channel, done, values, sum),
                caller -> new KotlinExchange.Sender(caller, channel, values),
                values);
    }

    /// Selects over one channel and a timeout.
    static long orTimeout(CoroutineContext context, long millis, int values) throws InterruptedException {
        Channel<Integer> channel = KotlinExchange.channel(0);
        return run(
                context,
                (caller, sum) -> new OrTimeout(caller, channel, millis, values, sum),
                caller -> new KotlinExchange.Sender(caller, channel, values),
                values);
    }

    private interface Receiving {
        KotlinMachine make(Continuation<? super Unit> caller, AtomicLong sum);
    }

    private interface Sending {
        KotlinMachine make(Continuation<? super Unit> caller);
    }

    private static long run(CoroutineContext context, Receiving receiver, Sending sender, int values)
            throws InterruptedException {
        var sum = new AtomicLong();
        KotlinExchange.run(context, scope -> {
            KotlinExchange.launch(scope, caller -> receiver.make(caller, sum).start());
            KotlinExchange.launch(scope, caller -> sender.make(caller).start());
        });
        Exchange.check(sum.get(), 1, values);
        return sum.get();
    }

    private static final class InTurn extends KotlinMachine {
        private final transient List<Channel<Integer>> channels;
        private final int values;
        private int sent;
        private int next;

        InTurn(Continuation<? super Unit> caller, List<Channel<Integer>> channels, int values) {
            super(caller);
            this.channels = channels;
            this.values = values;
        }

        @Override
        protected Object invokeSuspend(Object result) {
            ResultKt.throwOnFailure(result);
            while (sent < values) {
                Channel<Integer> channel = channels.get(next);
                next = next + 1 == channels.size() ? 0 : next + 1;
                if (channel.send(sent++ & Exchange.MASK, this) == SUSPENDED) {
                    return SUSPENDED;
                }
            }
            return Unit.INSTANCE;
        }
    }

    private static final class OverChannels extends KotlinSelecting {
        private final transient List<Channel<Integer>> channels;

        OverChannels(
                Continuation<? super Unit> caller, List<Channel<Integer>> channels, int values, AtomicLong total) {
            super(caller, values, total);
            this.channels = channels;
        }

        @Override
        void clauses(SelectImplementation<Integer> select) {
            for (int i = 0; i < channels.size(); i++) {
                onReceive(select, channels.get(i));
            }
        }
    }

    private static final class OrDone extends KotlinSelecting {
        private final transient Channel<Integer> channel;
        private final transient Job done;

        OrDone(Continuation<? super Unit> caller, Channel<Integer> channel, Job done, int values, AtomicLong total) {
            super(caller, values, total);
            this.channel = channel;
            this.done = done;
        }

        @Override
        void clauses(SelectImplementation<Integer> select) {
            onReceive(select, channel);
            select.invoke(done.getOnJoin(), unexpected());
        }
    }

    private static final class OrTimeout extends KotlinSelecting {
        private final transient Channel<Integer> channel;
        private final long millis;

        OrTimeout(
                Continuation<? super Unit> caller, Channel<Integer> channel, long millis, int values,
                AtomicLong total) {
            super(caller, values, total);
            this.channel = channel;
            this.millis = millis;
        }

        @Override
        void clauses(SelectImplementation<Integer> select) {
            onReceive(select, channel);
            OnTimeoutKt.onTimeout(select, millis, unexpected());
        }
    }
}
