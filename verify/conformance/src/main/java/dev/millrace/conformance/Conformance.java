package dev.millrace.conformance;

import dev.millrace.testing.Bubble;
import dev.millrace.testing.BubbleError;
import java.util.List;
import java.util.function.Supplier;

/// Runs recorded programs on the library, each in virtual time of its own, and compares every answer with Go's.
///
/// ```java
/// var conformance = new Conformance();
/// Verdict verdict = conformance.run(program);
/// verdict.divergences().forEach(System.out::println);
/// ```
///
/// [#run] waits until the program is over. A program that hangs here is a divergence: what waits at its horizon waited in Go too or
/// it is one, and then all are ended. It observes no context.
///
/// Several programs may run at once.
public final class Conformance {
    private final Supplier<Library> library;

    /// With the library as it is.
    public Conformance() {
        this(Library::new);
    }

    /// With a fault, which its programs must show.
    public Conformance(Planted planted) {
        this(planted::library);
    }

    /// @param library asked once for each program
    Conformance(Supplier<Library> library) {
        this.library = library;
    }

    /// Runs one program in a bubble of its own.
    public Verdict run(Program program) {
        var findings = new Findings(program);
        Library on = library.get();
        try {
            if (program instanceof Program.Data data) {
                on.data(data, findings).run();
            } else {
                Bubble.run(b -> inBubble(program, on, new World(b), findings));
            }
        } catch (BubbleError e) {
            findings.add("the program", Long.MAX_VALUE, "to end", "a bubble that cannot",
                    List.of(String.valueOf(e.getMessage())));
        } catch (RuntimeException | AssertionError e) {
            findings.add("the program", Long.MAX_VALUE, "no failure", e.toString(), List.of());
        }
        return findings.verdict();
    }

    private static void inBubble(Program program, Library library, World world, Findings findings) {
        switch (program) {
            case Program.Contexts contexts -> new ContextRun(contexts, library.contexts(), world, findings).run();
            case Program.Slots slots -> {
                switch (slots.kind()) {
                    case CHANNEL -> new ChannelRun(slots, library.channels(), world, findings).run();
                    case SYNC -> new SyncRun(slots, library.things(), world, findings).run();
                    default -> throw new IllegalStateException("no slots in kind " + slots.kind());
                }
            }
            case Program.Data _ -> throw new IllegalStateException("needs no bubble");
        }
    }
}
