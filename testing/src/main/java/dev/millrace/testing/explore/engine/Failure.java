package dev.millrace.testing.explore.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Why a schedule has failed.
///
/// @param thrown what the program threw, null when it threw nothing
/// @param mayRepeat whether the same choices have to lead to it again
record Failure(String title, @Nullable Throwable thrown, boolean mayRepeat) {
    /// What failures of one sort have in common.
    String sort() {
        return thrown != null ? thrown.getClass().getName() : title.substring(0, Math.max(0, title.indexOf(':')));
    }

    static Failure thrown(Run run, Strand s, Throwable thrown) {
        return new Failure(s + " threw " + thrown, thrown, true);
    }

    static Failure stuck(Run run) {
        boolean bodyEnded = run.strands().getFirst().state == Strand.State.DONE;
        return new Failure(
                bodyEnded
                        ? "deadlock: main has ended, and nobody who is left can run"
                        : "deadlock: nobody can run",
                null,
                true);
    }

    static Failure livelock(Run run) {
        return new Failure("livelock: those who can run only give way to each other", null, true);
    }

    static Failure tooLong(Run run, long acts) {
        return new Failure(
                "more than " + acts + " acts in one schedule: it does not end, or is too long to be explored",
                null, true);
    }

    static Failure divergence(Run run, Divergence e) {
        List<String> kept = run.catalog.kept();
        return new Failure("divergence: the program did something else although the choices were the same. "
                + e.getMessage()
                + ". It decides by something that is not under control, such as "
                + (kept.isEmpty() ? "" : "what is kept from schedule to schedule in " + String.join(", ", kept) + ", ")
                + "the order of an identity hash map, a random number, a thread that was started elsewhere, or a static"
                + " field that is not initialised anew: of an enum, of an interface, of a library", null, false);
    }

    static Failure race(Run run, Strand s, Places.Race race) {
        Catalog catalog = run.catalog;
        Catalog.Site before = catalog.site(race.otherSite());
        Catalog.Site now = catalog.site(race.site());
        return new Failure("race on " + catalog.fieldName(race.field()) + ": " + run.strands().get(race.other()) + " "
                + before.act() + " at " + before.where() + ", " + s + " " + now.act() + " at " + now.where()
                + ", and nothing orders the two", null, true);
    }

    static Failure refused(String text) {
        return new Failure("not modelled: " + text, null, true);
    }

    static Failure other(Run run, String title, @Nullable Throwable thrown) {
        return new Failure(title, thrown, false);
    }
}
