package dev.millrace.group;

import dev.millrace.chan.Chan;
import dev.millrace.chan.Select;
import dev.millrace.model.Crowd;
import dev.millrace.model.Ledger;
import dev.millrace.model.Machine;
import dev.millrace.model.Search;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Random sequences of calls for two keys, of landings and of those who leave, against a model.
///
/// A failure names its seed: `-Dflight.seed=…` repeats it.
@Timeout(60)
class FlightModelTest {
    private enum Act {
        CALL,
        LAND,
        FAIL,
        FORGET,
        CANCEL,
        INTERRUPT
    }

    private record Op(Act act, int arg, int id) {
        @Override
        public String toString() {
            return act + "(" + arg + (act == Act.CALL ? ", body " + id : "") + ")";
        }
    }

    private static String seen(int flights, int waiting, Object air, Object ended) {
        return flights + " flights, " + waiting + " wait, in the air " + air + ", ended " + ended;
    }

    /// The flights themselves. A body waits until it is told to land, or nobody waits for it.
    private static final class Real implements Machine<Op> {
        private final Crowd crowd = new Crowd();
        private final Map<Integer, Chan<Boolean>> air = new ConcurrentSkipListMap<>();
        private SingleFlight<Integer, String> flights;

        @Override
        public String apply(Op op) throws Exception {
            crowd.apply(() -> step(op));
            SingleFlightSnapshot now = flights.snapshot();
            return seen(now.flights(), now.waiting(), List.copyOf(air.keySet()), crowd.ended());
        }

        private String step(Op op) throws Exception {
            if (flights == null) {
                flights = new SingleFlight<>();
            }
            return switch (op.act) {
                case CALL -> {
                    Chan<Boolean> gate = Chan.buffered(1);
                    yield crowd.start(ctx -> {
                        try {
                            return flights.get(ctx, op.arg % 2, c -> {
                                air.put(op.id, gate);
                                try {
                                    if (!Select.<Boolean>first().receive(gate, well -> well).run(c)) {
                                        throw new IllegalStateException("failed " + op.id);
                                    }
                                    return "value " + op.id;
                                } finally {
                                    air.remove(op.id);
                                }
                            });
                        } catch (IllegalStateException e) {
                            return e.getMessage();
                        }
                    });
                }
                case LAND, FAIL -> {
                    var gates = List.copyOf(air.values());
                    if (!gates.isEmpty()) {
                        gates.get(op.arg % gates.size()).send(op.act == Act.LAND);
                    }
                    yield "";
                }
                case FORGET -> {
                    flights.forget(op.arg % 2);
                    yield "";
                }
                case CANCEL -> crowd.cancel(op.arg);
                case INTERRUPT -> crowd.interrupt(op.arg);
            };
        }

        @Override
        public void close() {
            crowd.close();
        }
    }

    /// With each, how many steps are enough to see it.
    private enum Fault {
        NONE(0),
        NOBODY_JOINS(2),
        KEYS_ARE_ONE(2),
        VALUE_FOR_THE_FIRST_ONLY(3),
        FIRST_CALLERS_END_IS_ALL_THEIRS(3),
        FLIES_ON_WITH_NOBODY(2),
        FORGET_FORGETS_NOTHING(3),
        FORGET_ENDS_IT(2),
        LANDED_IS_KEPT(3),
        FORGOTTEN_FREES_ITS_FOLLOWER(6);

        private final int steps;

        Fault(int steps) {
            this.steps = steps;
        }
    }

    /// What must happen.
    private static final class Model implements Machine<Op> {
        private record Flight(int id, int key, List<Integer> callers) {}

        private final Fault fault;
        private final Ledger ledger = new Ledger();
        private final Map<Integer, Flight> byKey = new TreeMap<>();
        private final Map<Integer, Flight> air = new TreeMap<>();
        private final Map<Integer, String> kept = new TreeMap<>(); // of a broken one

        Model(Fault fault) {
            this.fault = fault;
        }

        @Override
        public String apply(Op op) {
            switch (op.act) {
                case CALL -> call(op.arg % 2, op.id);
                case LAND -> land(op.arg, "value ");
                case FAIL -> land(op.arg, "failed ");
                case FORGET -> forget(op.arg % 2);
                case CANCEL -> leave(ledger.cancelled(op.arg), "cancelled");
                case INTERRUPT -> leave(ledger.cancelled(op.arg), "interrupted");
            }
            int waiting = byKey.values().stream().mapToInt(f -> f.callers.size()).sum();
            return seen(byKey.size(), waiting, List.copyOf(air.keySet()), ledger.ended());
        }

        private void call(int asked, int id) {
            int key = fault == Fault.KEYS_ARE_ONE ? 0 : asked;
            int number = ledger.start();
            if (kept.containsKey(key)) {
                ledger.end(number, kept.get(key));
                return;
            }
            Flight flight = byKey.get(key);
            if (flight == null || fault == Fault.NOBODY_JOINS) {
                flight = new Flight(id, key, new ArrayList<>());
                byKey.put(key, flight);
                air.put(id, flight);
            }
            flight.callers.add(number);
        }

        private void free(Flight flight) {
            air.remove(flight.id);
            if (fault == Fault.FORGOTTEN_FREES_ITS_FOLLOWER) {
                byKey.remove(flight.key);
            } else {
                byKey.remove(flight.key, flight);
            }
        }

        private void land(int which, String how) {
            var all = List.copyOf(air.values());
            if (!all.isEmpty()) {
                Flight flight = all.get(which % all.size());
                free(flight);
                if (fault == Fault.LANDED_IS_KEPT) {
                    kept.put(flight.key, how + flight.id);
                }
                for (int caller : fault == Fault.VALUE_FOR_THE_FIRST_ONLY ? flight.callers.subList(0, 1)
                        : flight.callers) {
                    ledger.end(caller, how + flight.id);
                }
                flight.callers.clear();
            }
        }

        private void forget(int key) {
            if (fault == Fault.FORGET_FORGETS_NOTHING) {
                return;
            }
            Flight flight = byKey.remove(key);
            if (flight != null && fault == Fault.FORGET_ENDS_IT) {
                air.remove(flight.id);
                flight.callers.forEach(c -> ledger.end(c, "cancelled"));
            }
        }

        private void leave(int number, String how) {
            for (Flight flight : List.copyOf(air.values())) {
                boolean first = flight.callers.indexOf(number) == 0;
                if (flight.callers.remove((Integer) number)) {
                    ledger.end(number, how);
                    if (first && fault == Fault.FIRST_CALLERS_END_IS_ALL_THEIRS) {
                        flight.callers.forEach(c -> ledger.end(c, how));
                        flight.callers.clear();
                    }
                    if (flight.callers.isEmpty() && fault != Fault.FLIES_ON_WITH_NOBODY) {
                        free(flight);
                    }
                }
            }
        }
    }

    private static List<Op> sequence(Random random) {
        var ops = new ArrayList<Op>();
        for (int i = 0; i < 40; i++) {
            int kind = random.nextInt(20);
            Act act = kind < 10 ? Act.CALL : kind < 13 ? Act.LAND : kind < 14 ? Act.FAIL : kind < 16 ? Act.FORGET
                    : kind < 19 ? Act.CANCEL : Act.INTERRUPT;
            ops.add(new Op(act, random.nextInt(60), i));
        }
        return ops;
    }

    private static Search<Op> search(Fault fault) {
        return Search.of("flight.seed", FlightModelTest::sequence, Real::new, () -> new Model(fault));
    }

    @Test
    void flights_randomSequences_doWhatTheModelDoes() {
        search(Fault.NONE).findsNone(150);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void flights_brokenModel_isFoundAndMadeShort(Fault fault) {
        search(fault).finds(300, fault.steps);
    }
}
