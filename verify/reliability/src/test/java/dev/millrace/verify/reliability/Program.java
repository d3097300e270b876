package dev.millrace.verify.reliability;

import java.util.List;

/// The programs, each for one or more cases. Each is its own broken twin too: see [Run#broken].
enum Program {
    VALUES(Channels::values),
    CANCELLED_WAITERS(Crowds::cancelledWaiters, "-Xmx3g"),
    LARGE_SELECT(Channels::largeSelect),
    PING_PONG(Channels::pingPong),
    CANCEL_STORM(Contexts::cancelStorm, "-Xmx3g"),
    DEADLINE_STORM(Contexts::deadlineStorm, "-Xmx3g"),
    DEEP_CHAIN(Contexts::deepChain, "-Xmx2g"),
    ABANDONED(Contexts::abandoned),
    FAILING_CALLBACKS(Contexts::failingCallbacks),
    SUSPENDED(Suspended::run),
    EXHAUSTED(Exhausted::library, "-Xmx48m"),
    EXHAUSTED_JDK(Exhausted::jdk, "-Xmx48m"),
    REFUSED(Refused::run, "--add-opens=java.base/java.lang=ALL-UNNAMED"),
    OVERFLOWS(Overflows::run, "-Xint"),
    STARVED(Carriers::starved, "-Djdk.virtualThreadScheduler.parallelism=1",
            "-Djdk.virtualThreadScheduler.maxPoolSize=1"),
    INTERRUPT_SOAK(InterruptSoak::run),
    BRIDGE(Bridge::run),
    LOADER(Loaders::run),
    CROWD(Crowds::crowd, "-Xmx3g"),
    MIXED_SOAK(MixedSoak::run);

    /// What it does.
    interface Body {
        void run(Run run) throws Exception;
    }

    private final Body body;
    private final List<String> options;

    Program(Body body, String... options) {
        this.body = body;
        this.options = List.of(options);
    }

    List<String> options() {
        return options;
    }

    void run(Run run) throws Exception {
        body.run(run);
    }
}
