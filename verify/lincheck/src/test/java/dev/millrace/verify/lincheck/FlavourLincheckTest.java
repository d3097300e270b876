package dev.millrace.verify.lincheck;

import dev.millrace.chan.Chan;
import dev.millrace.chan.ChanClosedException;
import dev.millrace.chan.Received;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/// The kinds of channels whose sender never waits, and a channel without a buffer, at which two that do not wait never meet.
class FlavourLincheckTest {
    /// What is done when it is full.
    enum Kind {
        UNLIMITED,
        DROPS_OLDEST,
        DROPS_NEWEST,
        UNBUFFERED
    }

    interface Subject {
        String send(int value, boolean tries);

        String tryReceive();

        int len();
    }

    @Param(name = "value", gen = IntGen.class, conf = "1:3")
    public abstract static class Ops {
        private final Subject subject;
        private final boolean waits;

        Ops(Subject subject, Kind kind) {
            this.subject = subject;
            this.waits = kind == Kind.UNBUFFERED;
        }

        @Operation(params = "value")
        public String send(int value) {
            return subject.send(value, waits);
        }

        @Operation(params = "value")
        public String trySend(int value) {
            return subject.send(value, true);
        }

        @Operation
        public String tryReceive() {
            return subject.tryReceive();
        }

        @Operation
        public int len() {
            return subject.len();
        }
    }

    private record Real(Chan<Integer> chan) implements Subject {
        static Real of(Kind kind) {
            return new Real(switch (kind) {
                case UNLIMITED -> Chan.unlimited();
                case DROPS_OLDEST -> Chan.droppingOldest(1);
                case DROPS_NEWEST -> Chan.droppingNewest(1);
                case UNBUFFERED -> Chan.unbuffered();
            });
        }

        @Override
        public String send(int value, boolean tries) {
            try {
                if (!tries) {
                    chan.send(value);
                }
                return !tries || chan.trySend(value) ? "sent" : "full";
            } catch (ChanClosedException e) {
                return "closed";
            }
        }

        @Override
        public String tryReceive() {
            Received<Integer> got = chan.tryReceive();
            return got == null ? "empty" : got instanceof Received.Value<Integer>(Integer v) ? "got " + v : "closed";
        }

        @Override
        public int len() {
            return chan.len();
        }
    }

    /// Each step is safe for itself; with one thread it is right.
    private static final class CheckThenAct implements Subject {
        private final Kind kind;
        private final Queue<Integer> values;
        private final AtomicInteger count = new AtomicInteger();

        CheckThenAct(Kind kind, Queue<Integer> values) {
            this.kind = kind;
            this.values = values;
        }

        @Override
        public String send(int value, boolean tries) {
            if (kind == Kind.UNBUFFERED) {
                return "full";
            }
            if (kind != Kind.UNLIMITED && count.get() >= 1) {
                if (kind == Kind.DROPS_NEWEST) {
                    return tries ? "full" : "sent";
                }
                if (values.poll() != null) {
                    count.decrementAndGet();
                }
            }
            count.incrementAndGet();
            values.add(value);
            return "sent";
        }

        @Override
        public String tryReceive() {
            Integer value = values.poll();
            if (value == null) {
                return "empty";
            }
            count.decrementAndGet();
            return "got " + value;
        }

        @Override
        public int len() {
            return count.get();
        }
    }

    /// A stack that hands a value to whoever looks at the same time, as a channel without a buffer does not.
    private static final class Meets implements Subject {
        private volatile int offered;

        @Override
        public String send(int value, boolean tries) {
            offered = value;
            boolean taken = offered == 0;
            offered = 0;
            return taken ? "sent" : "full";
        }

        @Override
        public String tryReceive() {
            int value = offered;
            offered = 0;
            return value == 0 ? "empty" : "got " + value;
        }

        @Override
        public int len() {
            return 0;
        }
    }

    public static final class Unlimited extends Ops {
        public Unlimited() {
            super(Real.of(Kind.UNLIMITED), Kind.UNLIMITED);
        }
    }

    public static final class Oldest extends Ops {
        public Oldest() {
            super(Real.of(Kind.DROPS_OLDEST), Kind.DROPS_OLDEST);
        }
    }

    public static final class Newest extends Ops {
        public Newest() {
            super(Real.of(Kind.DROPS_NEWEST), Kind.DROPS_NEWEST);
        }
    }

    public static final class Unbuffered extends Ops {
        public Unbuffered() {
            super(Real.of(Kind.UNBUFFERED), Kind.UNBUFFERED);
        }
    }

    public static final class UnlimitedSpec extends Ops {
        public UnlimitedSpec() {
            super(new CheckThenAct(Kind.UNLIMITED, new ArrayDeque<>()), Kind.UNLIMITED);
        }
    }

    public static final class OldestSpec extends Ops {
        public OldestSpec() {
            super(new CheckThenAct(Kind.DROPS_OLDEST, new ArrayDeque<>()), Kind.DROPS_OLDEST);
        }
    }

    public static final class NewestSpec extends Ops {
        public NewestSpec() {
            super(new CheckThenAct(Kind.DROPS_NEWEST, new ArrayDeque<>()), Kind.DROPS_NEWEST);
        }
    }

    public static final class UnbufferedSpec extends Ops {
        public UnbufferedSpec() {
            super(new CheckThenAct(Kind.UNBUFFERED, new ArrayDeque<>()), Kind.UNBUFFERED);
        }
    }

    public static final class UnlimitedTwin extends Ops {
        public UnlimitedTwin() {
            super(new CheckThenAct(Kind.UNLIMITED, new ConcurrentLinkedQueue<>()), Kind.UNLIMITED);
        }
    }

    public static final class OldestTwin extends Ops {
        public OldestTwin() {
            super(new CheckThenAct(Kind.DROPS_OLDEST, new ConcurrentLinkedQueue<>()), Kind.DROPS_OLDEST);
        }
    }

    public static final class NewestTwin extends Ops {
        public NewestTwin() {
            super(new CheckThenAct(Kind.DROPS_NEWEST, new ConcurrentLinkedQueue<>()), Kind.DROPS_NEWEST);
        }
    }

    public static final class UnbufferedTwin extends Ops {
        public UnbufferedTwin() {
            super(new Meets(), Kind.UNBUFFERED);
        }
    }

    @Test
    void unlimited_itsOperations_areLinearizable() {
        Checks.modelChecking(UnlimitedSpec.class).check(Unlimited.class);
        Checks.finds(Checks.modelChecking(UnlimitedSpec.class), UnlimitedTwin.class);
    }

    @Test
    void droppingOldest_itsOperations_areLinearizable() {
        Checks.modelChecking(OldestSpec.class).check(Oldest.class);
        Checks.finds(Checks.modelChecking(OldestSpec.class), OldestTwin.class);
    }

    @Test
    void droppingNewest_itsOperations_areLinearizable() {
        Checks.modelChecking(NewestSpec.class).check(Newest.class);
        Checks.finds(Checks.modelChecking(NewestSpec.class), NewestTwin.class);
    }

    @Test
    void unbuffered_itsTryForms_areLinearizable() {
        Checks.modelChecking(UnbufferedSpec.class).check(Unbuffered.class);
        Checks.finds(Checks.modelChecking(UnbufferedSpec.class), UnbufferedTwin.class);
    }
}
