package dev.millrace.conformance;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Received;
import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.context.ContextException;
import dev.millrace.group.TaskGroup;
import dev.millrace.sync.Cond;
import dev.millrace.sync.Mutex;
import dev.millrace.sync.Once;
import dev.millrace.time.Ticker;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/// More broken twins than the public ones of [Planted].
final class Twins {
    private Twins() {}

    // Contexts.

    static Library contexts(ContextActs acts) {
        return new Library() {
            @Override
            ContextActs contexts() {
                return acts;
            }
        };
    }

    static final class ForgetsCausesOfDeadlines extends ContextActs {
        @Override
        CancellableContext withDeadline(Context parent, java.time.Instant at, Throwable cause) {
            return parent.withDeadline(at);
        }
    }

    static final class TimesOutWithoutItsParent extends ContextActs {
        @Override
        CancellableContext withTimeout(Context parent, Duration span, Throwable cause) {
            return super.withTimeout(parent.detach(), span, cause);
        }
    }

    static final class DetachesNothing extends ContextActs {
        @Override
        Context withoutCancel(Context parent) {
            return parent;
        }
    }

    static final class StopsAlways extends ContextActs {
        @Override
        boolean stop(dev.millrace.context.AfterFunc action) {
            action.stop();
            return true;
        }
    }

    static final class WaitsTooLong extends ContextActs {
        @Override
        CancellableContext withTimeout(Context parent, Duration span, Throwable cause) {
            return super.withTimeout(parent, span.isPositive() ? span : Duration.ofNanos(1_000), cause);
        }
    }

    static final class KeepsHiddenValues extends ContextActs {
        @Override
        Context withValue(Context parent, Context.Key<String> key, String value) {
            return value == null ? parent : parent.withValue(key, value);
        }
    }

    // Channels.

    static Library channels(ChannelActs acts) {
        return new Library() {
            @Override
            ChannelActs channels() {
                return acts;
            }
        };
    }

    static final class TimesOutLate extends ChannelActs {
        @Override
        Picked select(List<Case> cases, boolean orElse, Duration timeout, Turn turn) {
            return super.select(cases, orElse, timeout == null ? null : timeout.plusNanos(1_000), turn);
        }
    }

    static final class NilIsClosed extends ChannelActs {
        @Override
        Chan<Long> make(String name, int cap) {
            Chan<Long> chan = super.make(name, Math.max(cap, 0));
            if (cap < 0) {
                chan.close();
            }
            return chan;
        }
    }

    static final class LosesWhatIsBuffered extends ChannelActs {
        @Override
        void close(Chan<Long> chan) {
            while (chan.tryReceive() instanceof Received.Value<Long>) {
                // dropped
            }
            chan.close();
        }
    }

    static final class ClosesTwice extends ChannelActs {
        @Override
        void close(Chan<Long> chan) {
            chan.tryClose();
        }
    }

    static final class OnePlaceMore extends ChannelActs {
        @Override
        Chan<Long> make(String name, int cap) {
            return super.make(name, cap > 0 ? cap + 1 : cap);
        }
    }

    // Objects of sync.

    static Library things(String type, Function<World, Thing> twin) {
        return wrapped(type, (_, world) -> twin.apply(world));
    }

    interface Wrap {
        Thing of(Thing real, World world);
    }

    static Library wrapped(String type, Wrap wrap) {
        return new Library() {
            @Override
            Things things() {
                return new Things() {
                    @Override
                    Thing make(String what, String name, Map<String, Object> fields, World world) {
                        Thing real = super.make(what, name, fields, world);
                        return what.equals(type) ? wrap.of(real, world) : real;
                    }
                };
            }
        };
    }

    /// A semaphore on which whoever fits goes in, whether others wait or not.
    static Library smallOnesPass() {
        return new Library() {
            @Override
            Things things() {
                return new Things() {
                    @Override
                    Thing make(String what, String name, Map<String, Object> fields, World world) {
                        return what.equals("semaphore")
                                ? new Jostle((Long) fields.get("size"))
                                : super.make(what, name, fields, world);
                    }
                };
            }
        };
    }

    private static final class Jostle implements Thing {
        private final long size;
        private final Mutex mu = new Mutex();
        private final Cond freed = new Cond(mu);
        private long held;

        Jostle(long size) {
            this.size = size;
        }

        @Override
        public Map<String, Object> perform(Op op, Turn turn) {
            long n = op.number("n");
            return mu.callHolding(() -> switch (op.name()) {
                case "sem.acquire" -> acquire(n, op.numberOrNull("timeout"), turn);
                case "sem.tryAcquire" -> {
                    boolean ok = size - held >= n;
                    held += ok ? n : 0;
                    yield Map.of("ok", ok);
                }
                default -> {
                    if (n > held) {
                        throw new IllegalStateException(Errors.RELEASED);
                    }
                    held -= n;
                    freed.broadcast();
                    yield Fields.none();
                }
            });
        }

        private Map<String, Object> acquire(long n, Long timeout, Turn turn) {
            try (var ctx = timeout == null ? turn.over().withCancel() : turn.over().withTimeout(World.span(timeout))) {
                freed.awaitUntil(ctx, () -> size - held >= n);
                held += n;
                return Fields.none();
            } catch (ContextException e) {
                if (turn.over().isDone()) {
                    throw e;
                }
                return Fields.of("err", Errors.label(e));
            }
        }
    }

    static Library runsAgainAfterPanic() {
        return things("once", _ -> new Thing() {
            private Once once = new Once(); // one goroutine at a time

            @Override
            public Map<String, Object> perform(Op op, Turn turn) {
                var ran = new boolean[1];
                try {
                    once.run(() -> {
                        ran[0] = true;
                        if (op.flag("panics")) {
                            throw new IllegalStateException("boom");
                        }
                    });
                } catch (IllegalStateException e) {
                    once = new Once();
                    throw e;
                }
                return Map.of("ran", ran[0]);
            }
        });
    }

    /// The ticks that nobody received push out the first one.
    static Library keepsTheLastTick() {
        return wrapped("ticker", (real, world) -> new Thing() {
            private long period;

            @Override
            public Map<String, Object> perform(Op op, Turn turn) throws Exception {
                Map<String, Object> got = real.perform(op, turn);
                if (op.has("us")) {
                    period = op.number("us");
                }
                if (got.get("at") instanceof Long at) {
                    var other = new LinkedHashMap<>(got);
                    other.put("at", at + (world.now() - at) / period * period);
                    return other;
                }
                return got;
            }
        });
    }

    static Library countsOneMore() {
        return wrapped("waitgroup", (real, _) -> (op, turn) -> real.perform(
                op.name().equals("wg.add") && op.number("n") > 1
                        ? new Op("wg.add", Map.of("n", op.number("n") + 1), op.expect(), List.of())
                        : op,
                turn));
    }

    static Library cancelsNobody() {
        return things("errgroup", world -> new GroupThing(
                TaskGroup.open(Context.background(), TaskGroup.Mode.COLLECT_ALL), world));
    }

    static Library sharesNothing() {
        return wrapped("singleflight", (real, _) -> {
            var number = new AtomicInteger();
            return (op, turn) -> {
                var arguments = new HashMap<>(op.arguments());
                arguments.put("key", "key" + number.incrementAndGet());
                return real.perform(new Op(op.name(), arguments, op.expect(), List.of()), turn);
            };
        });
    }

    static Library stopsNothing() {
        return wrapped("timer", (real, _) -> (op, turn) -> op.name().equals("timer.stop")
                ? Map.of("was", true)
                : real.perform(op, turn));
    }

    static Library driftsWithTheReceiver() {
        return things("ticker", world -> new Thing() {
            private Ticker ticker;
            private long period;

            @Override
            public Map<String, Object> perform(Op op, Turn turn) {
                if (!op.name().equals("ticker.new") && ticker == null) {
                    return SlotRun.SKIPPED;
                }
                switch (op.name()) {
                    case "ticker.new", "ticker.reset" -> {
                        period = op.number("us");
                        ticker = Ticker.every(World.span(period));
                    }
                    case "ticker.stop" -> ticker.stop();
                    default -> {
                        Map<String, Object> got = op.name().equals("ticker.poll")
                                ? Instants.poll(ticker.ticks(), world, turn)
                                : Instants.receive(ticker.ticks(), world, turn);
                        ticker.reset(World.span(period)); // from now, not from the tick
                        return got;
                    }
                }
                return Fields.none();
            }
        });
    }

    static Library readersKeepEachOtherOut() {
        return wrapped("rwmutex", (real, _) -> (op, turn) -> real.perform(switch (op.name()) {
            case "mu.tryRLock" -> new Op("mu.tryLock", op.arguments(), op.expect(), List.of());
            case "mu.rUnlock" -> new Op("mu.unlock", op.arguments(), op.expect(), List.of());
            default -> op;
        }, turn));
    }

    // Data.

    static Library data(String op, Function<Map<String, Object>, Map<String, Object>> alter) {
        return new Library() {
            @Override
            DataRun data(Program.Data program, Findings findings) {
                return new DataRun(program, findings) {
                    @Override
                    Map<String, Object> perform(Op one) {
                        Map<String, Object> got = super.perform(one);
                        return one.name().equals(op) ? alter.apply(got) : got;
                    }
                };
            }
        };
    }
}
