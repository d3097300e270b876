package dev.millrace.group;

import dev.millrace.context.CancellableContext;
import dev.millrace.context.Context;
import dev.millrace.context.Done;
import dev.millrace.go.ContextTask;
import dev.millrace.internal.Ambient;
import dev.millrace.internal.ContextBase;
import dev.millrace.internal.Goroutine;
import dev.millrace.internal.Scheduler;
import dev.millrace.internal.Slots;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A goroutine of a group. Its failure goes to the group.
abstract class Member extends Goroutine implements Failed {
    final TaskGroup group;

    @Nullable Slots place; // the one that it holds, of a group with a limit
    private @Nullable Throwable thrown; // these two for the group's failures, whose list must need no memory
    private @Nullable Failed next;

    Member(TaskGroup group, Context view, String name) {
        super(Scheduler.current(), view, ContextBase.nodeOf(view), name);
        this.group = group;
    }

    @Override
    protected final void ended(@Nullable Throwable failure) {
        group.memberEnded(this, settle(failure));
    }

    @Override
    protected final void helps(Consumer<Object> to) {
        group.helpedBy(this, to);
    }

    @Override
    public final void failed(Throwable failure) {
        thrown = failure;
    }

    @Override
    public final Throwable what() {
        return Objects.requireNonNull(thrown);
    }

    @Override
    public final void before(@Nullable Failed later) {
        next = later;
    }

    @Override
    public final @Nullable Failed next() {
        return next;
    }

    /// Notes how the task ended, before the group hears of it. Answers what it is to hear.
    @Nullable Throwable settle(@Nullable Throwable failure) {
        return failure;
    }

    /// A task without a result.
    static final class Plain extends Member {
        private final Context view;
        private final ContextTask body;

        Plain(TaskGroup group, Context view, String name, ContextTask body) {
            super(group, view, name);
            this.view = view;
            this.body = body;
        }

        @Override
        protected void body() throws Exception {
            body.run(view);
        }
    }

    /// A task with a result.
    static final class Valued<T extends @Nullable Object> extends Member implements Forked<T> {
        private static final VarHandle OVER;

        static {
            try {
                OVER = MethodHandles.lookup().findVarHandle(Valued.class, "over", CancellableContext.class);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        private enum None {
            RUNNING,
            FAILED,
            EXITED
        }

        private final Context view;
        private final ContextCall<? extends T> body;
        private @Nullable Object returned = None.EXITED; // on the goroutine itself only
        private volatile @Nullable Throwable failure; // written before the result
        private volatile @Nullable Object result = None.RUNNING;
        private volatile @Nullable CancellableContext over; // ends when the task has; made by the first who asks

        Valued(TaskGroup group, Context view, String name, ContextCall<? extends T> body) {
            super(group, view, name);
            this.view = view;
            this.body = body;
        }

        @Override
        protected void body() throws Exception {
            returned = body.call(view);
        }

        @Override
        @Nullable Throwable settle(@Nullable Throwable t) {
            failure = t;
            result = t == null ? returned : None.FAILED;
            CancellableContext event = over;
            if (event != null) {
                end(event);
            }
            return t;
        }

        /// The result is set before `over` is read, and who asks sets `over` before he reads the result: one of them sees the other.
        @Override
        public Done done() {
            CancellableContext event = over;
            if (event == null) {
                CancellableContext made =
                        Ambient.callWithin(group.scheduler, () -> Context.background().withCancel());
                event = OVER.compareAndSet(this, null, made) ? made : Objects.requireNonNull(over);
            }
            if (isDone()) {
                end(event);
            }
            return event.done();
        }

        private static void end(CancellableContext event) {
            Objects.requireNonNull(ContextBase.nodeOf(event)).occur();
        }

        @Override
        public boolean isDone() {
            return result != None.RUNNING;
        }

        @Override
        @SuppressWarnings({"unchecked", "NullAway"}) // the body answered it, null where T allows that
        public T get() {
            Object value = result;
            if (value == None.RUNNING) {
                throw new IllegalStateException(this + " has not ended: get() is for after the group's join()");
            }
            if (value == None.FAILED) {
                throw new IllegalStateException(this + " has failed", failure);
            }
            if (value == None.EXITED) {
                throw new IllegalStateException(this + " left by Go.exit() and has no result");
            }
            return (T) value;
        }

        @Override
        public @Nullable Throwable failure() {
            return failure;
        }
    }
}
