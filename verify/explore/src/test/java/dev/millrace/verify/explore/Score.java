package dev.millrace.verify.explore;

import dev.millrace.testing.explore.engine.Census;
import dev.millrace.testing.explore.engine.Mutation;
import dev.millrace.testing.explore.engine.Outcome;
import dev.millrace.testing.explore.engine.Settings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// How many of the faults that can be planted in the library's concurrent classes the suites find: all places of all kinds of
/// [Mutation], each planted alone, in each protocol that reaches it, until one fails.
final class Score {
    /// The classes that are asked for, with those nested in them.
    static final List<String> CLASSES = List.of(
            "internal.Waiter", "internal.Wait", "internal.Party", "internal.Countdown", "internal.Slots",
            "internal.SpinLock", "internal.SeqLock", "internal.Gate",
            "internal.Node", "internal.Hearers", "internal.Walk", "internal.DeadlineNode", "internal.MergeNode",
            "internal.MergeLink", "internal.LingerNode", "internal.ForeignNode",
            "internal.ChanCore", "internal.Selectable", "internal.SelectCore", "internal.Offer",
            "internal.LockCore", "internal.SemaphoreCore", "internal.CondQueue", "internal.BroadcastCore",
            "internal.TimeSource",
            "internal.InterruptBridge", "internal.Stash",
            "internal.Registry", "internal.TimerHeap",
            "sync.Once", "sync.OneRun", "sync.SyncMap", "context.AfterFunc",
            "group.Flight", "group.TaskGroup", "group.SingleFlight",
            "chan.Producer", "chan.Feeder", "chan.FlowReceiver", "testing.BubbleScheduler");

    /// Of no class.
    private static final Set<String> NO_METHODS = Set.of("<clinit>", "<init>", "toString");

    /// Methods for those who only look: dumps, messages, hooks of the debug mode, questions that are asked of oneself.
    private static final Set<String> NOT_ASKED = Set.of(
            "Waiter.hasCome", "Waiter.isCounted", "Waiter.isInterruptible", "Waiter.isTimed", "Waiter.observed",
            "Waiter.of", "Waiter.outcome", "Waiter.reason", "Waiter.waited", "Party.count", "Party.longestWait",
            "Countdown.count", "Countdown.look", "Countdown.outOfRange", "Countdown.strange", "Countdown.waiting",
            "Slots.taken",
            "Node.look", "Node.markTasked", "Node.taskEnded", "Node.tellTap", "Hearers.eachChild",
            "Hearers.hearersThatAreNoNodes", "Hearers.isHeard", "Hearers.listeners", "ChanCore.closure",
            "ChanCore.length", "ChanCore.look", "SelectCore.cases", "SelectCore.hasCome",
            "SelectCore.refuseFromOutside", "SelectCore.size", "Offer.text", "LockCore.exactly", "LockCore.hasCome",
            "LockCore.isHeld", "LockCore.label", "LockCore.look", "LockCore.readerCount", "LockCore.suffix",
            "SemaphoreCore.available", "SemaphoreCore.heldNow", "SemaphoreCore.look", "SemaphoreCore.size",
            "CondQueue.look",
            "CondQueue.waiting", "BroadcastCore.channels", "BroadcastCore.closure", "BroadcastCore.count",
            "BroadcastCore.sent", "BroadcastCore.waiting", "Stash$Stripe.count", "Stash.count", "Once.snapshot",
            "OneRun.runner", "OneRun.waiting", "Flight.refuseFromOutside", "Flight.waiting",
            "Flight.nanosInTheAir", "SingleFlight.snapshot", "SyncMap.snapshot", "Producer.snapshot", "Goroutine.label",
            "Registry.count");

    /// Calls that refuse misuse, that are for reports or records, that do nothing but in a kind of node that is not asked for, or that ask for stack
    /// (the explorer has no stack that overflows; `FaultTest` has).
    private static final Set<String> ONLY_SAYS = Set.of("mayChange", "refuseMember", "refuseActive", "check", "tellTap",
            "timed", "observes", "markUsed", "happened", "onSpinWait", "occupied", "vacant", "need", "needForEvent",
            "needForRun",
            "needMuch",
            "dress", "refuseFromOutside", "refuseInside", "addSuppressed");

    private static final String NO_VERDICT = "NO VERDICT";
    private static final long SECONDS = Long.getLong("explore.score.seconds", 60);
    private static final int BY_CHANCE = Integer.getInteger("explore.score.chance", 500);

    /// All cases are tried in one way before the next: what is found at all is mostly found soon.
    private record Pass(Settings.Kind kind, int most) {}

    private static final int FEW = 500;
    private static final int ALL_OCCASIONS = 20_000; // of a sweep, in all: what comes late is reached too
    private static final List<Pass> PASSES = List.of(
            new Pass(Settings.Kind.DEPTH_FIRST, FEW), new Pass(Settings.Kind.PRIORITIES, BY_CHANCE),
            new Pass(Settings.Kind.RANDOM, BY_CHANCE), new Pass(Settings.Kind.DEPTH_FIRST, 50_000));

    private final PrintStream out;
    private final Predicate<String> asked;
    private final Census census;
    private final Map<Mutation, List<Case>> reaching = new HashMap<>();
    private final Map<Case, Long> nanos = new HashMap<>();
    private final Map<String, String> verdicts;
    private final Map<String, String> known; // found by an earlier run
    private int broken; // cases that fail by themselves
    private final List<String> unjudged = new ArrayList<>();

    /// @param asked the classes, as in [#CLASSES]
    Score(PrintStream out, Predicate<String> asked) {
        this.out = out;
        this.asked = asked;
        this.census = new Census(m -> isAsked(m.owner()) && !NO_METHODS.contains(m.method())
                && !NOT_ASKED.contains(m.owner().substring(m.owner().lastIndexOf('.') + 1) + "." + m.method())
                && !ONLY_SAYS.contains(m.what()));
        this.verdicts = verdicts();
        this.known = known();
    }

    private boolean isAsked(String owner) {
        String outer = owner.indexOf('$') < 0 ? owner : owner.substring(0, owner.indexOf('$'));
        String name = outer.startsWith("dev.millrace.") ? outer.substring("dev.millrace.".length()) : outer;
        return CLASSES.contains(name) && asked.test(name);
    }

    /// `fault | word | why`, a line for each fault that is not found.
    private static Map<String, String> verdicts() {
        var all = new HashMap<String, String>();
        try (var in = Objects.requireNonNull(Score.class.getResourceAsStream("verdicts.txt"))) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .forEach(line -> {
                        String[] parts = line.split(" \\| ", 2);
                        all.put(parts[0].strip(), parts[1].strip());
                    });
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return all;
    }

    /// Lines of an earlier table, whose faults are not planted again: for a suite that has grown since.
    private static Map<String, String> known() {
        var all = new HashMap<String, String>();
        String file = System.getProperty("explore.score.known");
        try {
            for (String line : file == null ? List.<String>of() : Files.readAllLines(Path.of(file))) {
                int at = line.indexOf(" (line ");
                if (line.startsWith("KILLED") && at > 0) {
                    all.put(line.substring("KILLED".length(), at).strip(), line.substring(line.indexOf("): ") + 3));
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return all;
    }

    /// What came of one fault.
    enum Fate {
        KILLED,
        SURVIVED,
        NOT_REACHED
    }

    /// Runs all, and prints a line for each place; answers the share that was found of those that do more than cost
    /// time or memory.
    double run(List<Case> cases) {
        canary();
        List<Census.Place> places = places(cases);
        var fates = new TreeMap<Fate, Integer>();
        int equivalent = 0;
        int slower = 0;
        long start = System.nanoTime();
        int all = 0;
        for (List<Census.Place> copies : inSources(places)) {
            Census.Place p = copies.getFirst();
            Fate fate = Fate.NOT_REACHED;
            String found = null;
            for (Census.Place copy : copies) {
                List<Case> at = reaching.getOrDefault(copy.mutation(), List.of());
                String before = known.get(copy.mutation().toString());
                if ((before != null || !at.isEmpty()) && found == null) {
                    found = before != null ? before : killer(copy.mutation(), at);
                    fate = found == null ? Fate.SURVIVED : Fate.KILLED;
                }
            }
            all++;
            fates.merge(fate, 1, Integer::sum);
            String verdict = verdicts.getOrDefault(p.mutation().toString(), NO_VERDICT);
            if (fate != Fate.KILLED) {
                if (verdict.equals(NO_VERDICT)) {
                    unjudged.add(p.mutation().toString());
                }
                equivalent += verdict.startsWith("equivalent") ? 1 : 0;
                slower += verdict.startsWith("slower") ? 1 : 0;
            }
            out.printf("%-11s %s (line %d): %s%n", fate, p.mutation(), p.line(), found == null ? verdict : found);
        }
        int killed = fates.getOrDefault(Fate.KILLED, 0);
        int counted = all - equivalent - slower;
        double share = counted == 0 ? 1 : (double) killed / counted;
        out.printf("%n%d places: %s; of those not found %d are equivalent and %d cost time or memory only;%n"
                + "%d of the other %d found, %.1f %% (of all %.1f %%); %d s%n", all, fates, equivalent, slower, killed,
                counted, 100 * share, 100.0 * killed / Math.max(1, all), (System.nanoTime() - start) / 1_000_000_000);
        if (broken > 0) {
            throw new AssertionError(broken + " cases fail when nothing is planted");
        }
        return share;
    }

    /// Those that were not found, and of which nobody has said why.
    List<String> unjudged() {
        return List.copyOf(unjudged);
    }

    /// That nothing is found says something only when something could be.
    private static void canary() {
        Case two = Case.of("canary", 2, Protocols::waiterClaimedByTwo);
        var planted = new Mutation("dev.millrace.internal.Waiter", "wake", "wake", 0);
        Outcome with = Suite.outcome(settings(two, Settings.Kind.DEPTH_FIRST, FEW).with(planted), two.protocol());
        Outcome without = Suite.outcome(settings(two, Settings.Kind.DEPTH_FIRST, FEW), two.protocol());
        if (found(with) == null || found(without) != null) {
            throw new AssertionError("with a planted fault " + found(with) + ", without " + found(without));
        }
    }

    /// All places, in the order of the sources.
    List<Census.Place> places(List<Case> cases) {
        for (Case c : cases) {
            look(c);
        }
        var places = new ArrayList<>(census.places());
        places.sort(Comparator.comparing((Census.Place p) -> p.mutation().owner()).thenComparing(Census.Place::line)
                .thenComparing(p -> p.mutation().toString()));
        return places;
    }

    /// The places together of which there is one in the sources: the compiler copies what stands in a `finally`.
    private static Collection<List<Census.Place>> inSources(List<Census.Place> places) {
        var all = new LinkedHashMap<String, List<Census.Place>>();
        for (Census.Place p : places) {
            Mutation m = p.mutation();
            boolean several = (m.kind() == Mutation.Kind.NEVER || m.kind() == Mutation.Kind.ALWAYS)
                    && !m.what().startsWith("compareAnd"); // conditions on one line, about one field
            String key = m.owner() + " " + m.method() + " " + m.kind() + " " + m.what() + " " + p.line()
                    + (several ? " " + m.occurrence() : "");
            all.computeIfAbsent(key, _ -> new ArrayList<>()).add(p);
        }
        return all.values();
    }

    /// What a case reaches when nothing is planted. It must pass then.
    private void look(Case c) {
        long start = System.nanoTime();
        for (Settings.Kind kind : kinds(c)) {
            int most = c.sweep() != null ? ALL_OCCASIONS : kind == Settings.Kind.DEPTH_FIRST ? FEW : BY_CHANCE;
            Outcome outcome = Suite.outcome(settings(c, kind, most).with(census), c.protocol());
            if (found(outcome) != null) {
                out.println(c + " fails when nothing is planted: " + found(outcome));
                census.takeReached();
                broken++;
                return;
            }
        }
        nanos.put(c, System.nanoTime() - start);
        for (Mutation m : census.takeReached()) {
            reaching.computeIfAbsent(m, _ -> new ArrayList<>()).add(c);
        }
    }

    private static List<Settings.Kind> kinds(Case c) {
        return c.sweep() != null || c.preemptions() == 0 ? List.of(Settings.Kind.DEPTH_FIRST)
                : List.of(Settings.Kind.DEPTH_FIRST, Settings.Kind.PRIORITIES, Settings.Kind.RANDOM);
    }

    private static Settings settings(Case c, Settings.Kind kind, int most) {
        int preemptions = c.sweep() == null && c.preemptions() > 0 ? 2 : Math.min(2, c.preemptions());
        Settings s = Suite.settings(kind, preemptions, most, c.early());
        return c.sweep() == null ? s : s.with(c.sweep());
    }

    /// The first case that finds the fault, quick ones first; null when none does.
    private @Nullable String killer(Mutation planted, List<Case> cases) {
        var inOrder = new ArrayList<>(cases);
        inOrder.sort(Comparator.comparing((Case c) -> nanos.getOrDefault(c, 0L)));
        long until = System.nanoTime() + SECONDS * 1_000_000_000;
        for (Pass pass : PASSES) {
            for (Case c : inOrder) {
                if (!kinds(c).contains(pass.kind)) {
                    continue;
                }
                if (System.nanoTime() > until) {
                    return null;
                }
                Outcome outcome = Suite.outcome(settings(c, pass.kind, pass.most).with(planted), c.protocol());
                String found = found(outcome);
                if (found != null) {
                    return "\"" + c + "\", " + pass.kind + ", schedule " + outcome.schedules() + ": " + found;
                }
            }
        }
        return null;
    }

    private static @Nullable String found(Outcome outcome) {
        String found = Suite.found(outcome);
        return found == null || found.length() <= 160 ? found : found.substring(0, 160) + " …";
    }
}
