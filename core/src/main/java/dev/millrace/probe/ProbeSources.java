package dev.millrace.probe;

import java.util.Iterator;
import java.util.ServiceLoader;

/// Begins what the service loader finds; once, when this class is initialised.
final class ProbeSources {
    static {
        begin(ServiceLoader.load(ProbeSource.class, ProbeSources.class.getClassLoader()).iterator());
    }

    private ProbeSources() {}

    /// One that cannot be had, or fails, is passed over; the others are not.
    static void begin(Iterator<ProbeSource> found) {
        boolean more = true;
        while (more) {
            try {
                more = found.hasNext();
                if (more) {
                    found.next().begin();
                }
            } catch (Throwable t) { // whoever came first does something else and must not fail for this
                System.getLogger("dev.millrace.probe").log(
                        System.Logger.Level.ERROR, "a source of probes failed to begin", t);
                more = !(t instanceof VirtualMachineError);
            }
        }
    }
}
