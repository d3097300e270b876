package dev.millrace.testing.explore.engine;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/// When the static fields of one class were last initialised. Those of the program are, in each schedule, before the program uses the class: so each schedule finds
/// them as the first one did. [Renewal] says of which classes, and changes them.
///
/// Used by whoever has the baton. As in the JVM, others wait for who initialises a class, and who does may use it.
public final class Statics {
    private static int schedule;

    private final String owner;
    private int done = -1; // the schedule in which it was done last
    private int begun = -1;
    private @Nullable Thread by;
    private boolean failed;

    /// Those of the class `owner`.
    public Statics(String owner) {
        this.owner = owner;
    }

    /// From now on all are to be done again.
    static void next() {
        schedule++;
    }

    /// Whether the caller has to initialise them, and then to call [#ended]. Blocks while another does.
    public boolean begins() {
        return (done != schedule || failed) && begin();
    }

    private boolean begin() {
        while (begun == schedule && done != schedule) {
            if (by == Thread.currentThread()) {
                return false;
            }
            Run run = Hooks.run();
            Strand s = run == null ? null : run.self();
            if (run == null || s == null) {
                return false;
            }
            int now = schedule;
            run.await(s, () -> done == now, Strand.NEVER, false, this, "the static initialiser of " + owner);
        }
        if (done == schedule) {
            if (failed) {
                throw new NoClassDefFoundError("Could not initialize class " + owner);
            }
            return false;
        }
        begun = schedule;
        failed = false;
        by = Thread.currentThread();
        Hooks.quiet();
        return true;
    }

    /// They are initialised, or `thrown` has come from that.
    public void ended(@Nullable Throwable thrown) {
        Hooks.loud();
        by = null;
        failed = thrown != null;
        done = schedule;
        if (thrown instanceof Error error) {
            throw error;
        } else if (thrown != null) {
            throw new ExceptionInInitializerError(thrown);
        }
    }

    /// A class was found by its name, which initialises it, mostly.
    public static void found(Class<?> type) {
        if (!(type.getClassLoader() instanceof ExploringLoader)) {
            return;
        }
        try {
            Method touch = type.getDeclaredMethod(Renewal.TOUCH);
            touch.setAccessible(true);
            touch.invoke(null);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(e);
        } catch (NoSuchMethodException | IllegalAccessException e) {
            // it is none that is renewed
        }
    }
}
