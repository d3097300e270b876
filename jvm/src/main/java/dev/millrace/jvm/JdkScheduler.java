package dev.millrace.jvm;

import dev.millrace.go.SchedulerFacts;
import java.lang.management.ManagementFactory;
import jdk.management.VirtualThreadSchedulerMXBean;

/// The scheduler's facts from the JDK's management bean. Found by the service loader; see
/// [dev.millrace.go.Go#scheduler()].
public final class JdkScheduler implements SchedulerFacts {
    private final VirtualThreadSchedulerMXBean bean =
            ManagementFactory.getPlatformMXBean(VirtualThreadSchedulerMXBean.class);

    /// For the service loader.
    public JdkScheduler() {}

    @Override
    public int parallelism() {
        return bean.getParallelism();
    }

    @Override
    public void parallelism(int n) {
        bean.setParallelism(n);
    }

    @Override
    public int poolSize() {
        return bean.getPoolSize();
    }

    @Override
    public int mounted() {
        return bean.getMountedVirtualThreadCount();
    }

    @Override
    public long queued() {
        return bean.getQueuedVirtualThreadCount();
    }
}
