package dev.millrace.testing.explore.engine;

import java.lang.invoke.VarHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What rewritten code calls before its acts. One exploration runs at a time in a JVM.
public final class Hooks {
    private static volatile @Nullable Run run;

    private Hooks() {}

    static void run(@Nullable Run next) {
        Statics.next();
        run = next;
    }

    static @Nullable Run run() {
        return run;
    }

    private static void act(@Nullable Object object, int site, int kind) {
        Run r = run;
        if (r != null && object != null) {
            r.act(object, r.catalog.site(site).field(), -1, kind, site);
        }
    }

    /// A field of `object` is about to be read.
    public static void read(@Nullable Object object, int site) {
        act(object, site, Access.READ);
    }

    /// A field of `object` is about to be written.
    public static void write(@Nullable Object object, int site) {
        act(object, site, Access.WRITE);
    }

    /// A volatile field of `object` is about to be read.
    public static void readVolatile(@Nullable Object object, int site) {
        act(object, site, Access.READ | Access.VOLATILE);
    }

    /// A volatile field of `object` is about to be written.
    public static void writeVolatile(@Nullable Object object, int site) {
        act(object, site, Access.WRITE | Access.VOLATILE);
    }

    /// A static field is about to be read.
    public static void read(int site) {
        act(Catalog.STATICS, site, Access.READ);
    }

    /// A static field is about to be written.
    public static void write(int site) {
        act(Catalog.STATICS, site, Access.WRITE);
    }

    /// A volatile static field is about to be read.
    public static void readVolatile(int site) {
        act(Catalog.STATICS, site, Access.READ | Access.VOLATILE);
    }

    /// A volatile static field is about to be written.
    public static void writeVolatile(int site) {
        act(Catalog.STATICS, site, Access.WRITE | Access.VOLATILE);
    }

    /// An element is about to be read.
    public static void arrayRead(@Nullable Object array, int index, int site) {
        element(array, index, Access.READ, site);
    }

    /// An element is about to be written.
    public static void arrayWrite(@Nullable Object array, int index, int site) {
        element(array, index, Access.WRITE, site);
    }

    private static void element(@Nullable Object array, int index, int kind, int site) {
        Run r = run;
        if (r != null && array != null) {
            r.act(array, r.catalog.site(site).field(), index, kind, site);
        }
    }

    /// `handle` is about to be used, on `first`, or on its element `index`.
    public static void handle(@Nullable VarHandle handle, @Nullable Object first, int index, int site) {
        Run r = run;
        if (r == null || handle == null) {
            return;
        }
        Catalog catalog = r.catalog;
        int field = catalog.fieldOf(handle);
        int at = -1;
        Object object = first == null ? Catalog.STATICS : first;
        if (field < 0) {
            List<Class<?>> coordinates = handle.coordinateTypes();
            boolean ofArray = coordinates.size() == 2 && coordinates.get(1) == int.class;
            at = ofArray ? index : -1;
            field = catalog.field(ofArray ? "array" : "unknown field");
        } else if (handle.coordinateTypes().isEmpty()) {
            object = Catalog.STATICS;
        }
        r.act(object, field, at, -1 - catalog.site(site).field(), site);
    }

    /// An object of `java.util.concurrent.atomic` is about to be used.
    public static void atomic(@Nullable Object object, int index, int kind, int site) {
        Run r = run;
        if (r != null && object != null) {
            r.act(object, r.catalog.site(site).field(), index, kind, site);
        }
    }

    /// Whether the compare-and-set that was announced last has written.
    public static void decided(boolean wrote) {
        Run r = run;
        if (r != null) {
            r.decided(wrote);
        }
    }

    /// A method of a collection is about to be called.
    public static void collection(@Nullable Object collection, int kind, int site) {
        Run r = run;
        if (r == null || collection == null) {
            return;
        }
        switch (Contents.sort(collection)) {
            case PLAIN -> r.act(collection, r.catalog.site(site).field(), -1, kind, site);
            case SAFE -> r.act(collection, r.catalog.site(site).field(), -1, kind | Access.VOLATILE, site);
            case NONE -> {}
        }
    }

    /// An object is about to be made. Static initialisers are no occasions: they run once in an exploration.
    public static void allocation(int site) {
        Run r = run;
        Strand s = r == null ? null : r.self();
        if (r != null && s != null && s.quiet == 0 && !s.abort && r.injection().strikes(Settings.Sweep.ALLOCATION)) {
            s.site = site;
            throw new OutOfMemoryError("injected by the explorer");
        }
    }

    /// Something is about to be called that happens in one step.
    public static void call(int site) {
        Run r = run;
        Strand s = r == null ? null : r.self();
        if (r != null && s != null && s.quiet == 0) {
            r.step(s, site);
            r.point(s);
        }
    }

    /// A field is about to be written that keeps its value for the schedules after this one.
    public static void kept(int field) {
        Run r = run;
        Strand s = r == null ? null : r.self();
        if (r != null && s != null && s.quiet == 0) {
            r.catalog.keep(field);
        }
    }

    /// Something was caught: what ends a strand is thrown on, past everybody who would catch it.
    public static void caught(Throwable thrown) {
        if (thrown instanceof Unwound end) {
            throw end;
        }
    }

    /// Where the strand is.
    public static void at(int site) {
        Run r = run;
        Strand s = r == null ? null : r.self();
        if (s != null) {
            s.site = site;
        }
    }

    /// A place at which a fault could be planted was reached.
    public static void reached(int number) {
        Run r = run;
        if (r != null && r.settings.planting() instanceof Census census) {
            census.reached(number);
        }
    }

    /// No points from here.
    public static void quiet() {
        Run r = run;
        Strand s = r == null ? null : r.self();
        if (s != null) {
            s.quiet++;
        }
    }

    /// The end of what [#quiet()] began.
    public static void loud() {
        Run r = run;
        Strand s = r == null ? null : r.self();
        if (s != null && s.quiet > 0) {
            s.quiet--;
        }
    }
}
