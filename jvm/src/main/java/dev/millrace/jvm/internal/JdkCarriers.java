package dev.millrace.jvm.internal;

import dev.millrace.internal.Carriers;
import java.lang.management.ManagementFactory;
import jdk.management.VirtualThreadSchedulerMXBean;

/// What the JDK's management bean knows about carriers.
public final class JdkCarriers implements Carriers {
    private final VirtualThreadSchedulerMXBean bean =
            ManagementFactory.getPlatformMXBean(VirtualThreadSchedulerMXBean.class);

    /// For the service loader.
    public JdkCarriers() {}

    @Override
    public boolean areFree() {
        long canRun = bean.getMountedVirtualThreadCount() + bean.getQueuedVirtualThreadCount();
        return canRun >= 2 && canRun <= bean.getParallelism();
    }

    @Override
    public boolean someRun() {
        return bean.getMountedVirtualThreadCount() + bean.getQueuedVirtualThreadCount() > 0;
    }
}
