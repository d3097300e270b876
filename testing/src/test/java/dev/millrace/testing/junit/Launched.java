package dev.millrace.testing.junit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/// What the platform reports of small test classes that are run within a test.
final class Launched implements TestExecutionListener {
    private final Map<String, TestExecutionResult> results = new ConcurrentHashMap<>();

    private Launched() {}

    static Launched run(Class<?>... classes) {
        return run(Map.of(), classes);
    }

    static Launched run(Map<String, String> configuration, Class<?>... classes) {
        var request = LauncherDiscoveryRequestBuilder.request();
        for (Class<?> type : classes) {
            request.selectors(selectClass(type));
        }
        var launched = new Launched();
        LauncherFactory.create().execute(request.configurationParameters(configuration).build(), launched);
        return launched;
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        String name = test.getDisplayName();
        results.put(name.substring(name.lastIndexOf('$') + 1).replaceAll("\\(.*\\)$", ""), result);
    }

    /// The name of each test and container that has not succeeded, with the type of its failure.
    String failed() {
        var failed = new TreeMap<String, String>();
        results.forEach((name, result) -> result.getThrowable()
                .ifPresent(t -> failed.put(name, t.getClass().getSimpleName())));
        return failed.toString();
    }

    Throwable failure(String name) {
        return Objects.requireNonNull(results.get(name), () -> name + " is none of " + results.keySet())
                .getThrowable()
                .orElseThrow(() -> new AssertionError(name + " has not failed"));
    }

    int count() {
        return results.size();
    }
}
