package dev.millrace.conformance;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Received;
import dev.millrace.context.CancellableContext;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Faults to plant, so that everybody can see that the comparison finds them: a library that does one thing not as Go does.
///
/// ```java
/// var broken = new Conformance(Planted.DEFAULT_WHILE_READY); // its programs must diverge
/// ```
///
/// Each wraps the real library, which has no switch for it.
public enum Planted {
    /// In programs of kind `context`.
    FORGOTTEN_CAUSE("a cancel forgets its cause") {
        @Override
        Library library() {
            return new Library() {
                @Override
                ContextActs contexts() {
                    return new ForgetsCauses();
                }
            };
        }
    },

    /// In programs of kind `channel`.
    LAST_WAITER_FIRST("of those who wait for a value, who came last is served first") {
        @Override
        Library library() {
            return channels(new ServesLastComers());
        }
    },

    /// In programs of kind `channel`.
    DEFAULT_WHILE_READY("a select takes its default although a case is ready") {
        @Override
        Library library() {
            return channels(new TakesTheDefault());
        }
    },

    /// In programs of kind `sync`.
    LAST_WAITER_SIGNALED("a signal of Cond wakes who came last") {
        @Override
        Library library() {
            return new Library() {
                @Override
                Things things() {
                    return new Things() {
                        @Override
                        Thing make(String what, String name, Map<String, Object> fields, World world) {
                            return what.equals("cond")
                                    ? new WakesLastComers()
                                    : super.make(what, name, fields, world);
                        }
                    };
                }
            };
        }
    },

    /// In programs of kind `data`.
    BLIND_SWAP("compareAndSwap does not compare") {
        @Override
        Library library() {
            return new Library() {
                @Override
                DataRun data(Program.Data program, Findings findings) {
                    return new SwapsBlindly(program, findings);
                }
            };
        }
    };

    private final String fault;

    Planted(String fault) {
        this.fault = fault;
    }

    /// The name in commands: `default-while-ready`.
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// What it does not do as Go does.
    public String fault() {
        return fault;
    }

    /// A new one: for one program.
    abstract Library library();

    private static Library channels(ChannelActs acts) {
        return new Library() {
            @Override
            ChannelActs channels() {
                return acts;
            }
        };
    }

    private static final class ForgetsCauses extends ContextActs {
        @Override
        void cancel(CancellableContext ctx, @Nullable Throwable cause) {
            ctx.cancel();
        }
    }

    private static final class ServesLastComers extends ChannelActs {
        private final Map<Chan<Long>, Deque<Chan<Long>>> waiting = new HashMap<>(); // guarded by this

        @Override
        Received<Long> receive(Chan<Long> chan, Turn turn) {
            var own = Chan.<Long>unbuffered();
            synchronized (this) {
                Received<Long> there = chan.tryReceive();
                if (there != null) {
                    return there;
                }
                waiting.computeIfAbsent(chan, _ -> new ArrayDeque<>()).push(own);
            }
            return own.next(turn.over());
        }

        @Override
        void send(Chan<Long> chan, long v, Turn turn) {
            Chan<Long> last;
            synchronized (this) {
                Deque<Chan<Long>> all = waiting.get(chan);
                last = all == null ? null : all.poll();
            }
            if (last == null) {
                super.send(chan, v, turn);
            } else {
                last.send(turn.over(), v);
            }
        }
    }

    private static final class TakesTheDefault extends ChannelActs {
        @Override
        Picked select(List<Case> cases, boolean orElse, @Nullable Duration timeout, Turn turn) {
            return orElse ? new Picked(DEFAULT) : super.select(cases, false, timeout, turn);
        }
    }

    private static final class WakesLastComers implements Thing {
        private final Deque<Chan<Integer>> waiting = new ArrayDeque<>(); // guarded by itself

        @Override
        public Map<String, Object> perform(Op op, Turn turn) {
            switch (op.name()) {
                case "cond.wait" -> {
                    var own = Chan.<Integer>buffered(1);
                    synchronized (waiting) {
                        waiting.push(own);
                    }
                    own.receive(turn.over());
                }
                case "cond.signal" -> {
                    synchronized (waiting) {
                        if (!waiting.isEmpty()) {
                            waiting.pop().send(1);
                        }
                    }
                }
                default -> {
                    synchronized (waiting) {
                        waiting.forEach(c -> c.send(1));
                        waiting.clear();
                    }
                }
            }
            return Fields.none();
        }
    }

    private static final class SwapsBlindly extends DataRun {
        SwapsBlindly(Program.Data program, Findings findings) {
            super(program, findings);
        }

        @Override
        Map<String, Object> perform(Op op) {
            if (!op.name().equals("number.compareAndSwap")) {
                return super.perform(op);
            }
            super.perform(new Op("number.store", Map.of("on", op.text("on"), "v", op.text("new")), null, List.of()));
            return Map.of("ok", true);
        }
    }
}
