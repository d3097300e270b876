package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The script in front, in a tree of its own, with JDKs and a Maven that only say how they were called.
class LauncherTest {
    private static final Path SCRIPT = Path.of("..", "millrace").toAbsolutePath().normalize();

    @TempDir
    private Path dir;

    private Path root;
    private Path jar;
    private Path tools;

    @BeforeEach
    void makeTree() throws IOException {
        assumeTrue(Ran.has("bash") && Files.exists(Path.of("/bin/sh")), "no bash: not tested here");
        root = Files.createDirectories(dir.resolve("a project"));
        jar = root.resolve("cli/target/millrace.jar");
        tools = Files.createDirectories(dir.resolve("tools"));
        Files.createDirectories(dir.resolve("home"));
        Files.copy(SCRIPT, root.resolve("millrace"));
        write(root.resolve("core/src/main/java/A.java"), "class A {}");
        write(root.resolve("pom.xml"), "<project/>");
        write(jar, "jar");
        write(tools.resolve("mvn"),
                "#!/bin/sh\necho \"mvn $*, JAVA_HOME $JAVA_HOME\" >>'" + dir + "/mvn.log'\necho new >'" + jar + "'\n");
        for (String source : List.of("core/src/main/java/A.java", "core/src/main/java", "core/src/main", "pom.xml")) {
            setTime(root.resolve(source), -120);
        }
        setTime(jar, -60);
    }

    @Test
    void arguments_reach_the_command_as_they_are() throws Exception {
        Ran ran = launch(env(jdk("25.0.3")), "md5", "", "a  b", "*", "$x", "\n", "-x");
        assertEquals(0, ran.code(), ran.err());
        assertTrue(ran.out().endsWith("<dev.millrace.cli.Main><md5><><a  b><*><$x><\n><-x>"), ran.out());
        assertTrue(ran.out().contains("<-cp><" + jar.toRealPath() + ">"), ran.out());
        assertEquals("", ran.err());
    }

    @Test
    void exit_code_of_the_command_is_that_of_the_script() throws Exception {
        Path jdk = jdk("25.0.3");
        write(jdk.resolve("bin/java"), "#!/bin/sh\nexit 124\n");
        assertEquals(124, launch(env(jdk), "list").code());
    }

    @Test
    void script_is_replaced_by_the_command_so_that_signals_reach_it() throws Exception {
        Path jdk = jdk("25.0.3");
        write(jdk.resolve("bin/java"), "#!/bin/sh\nprintf %s $$\n");
        Path out = dir.resolve("pid");
        Process process =
                env(jdk).command(root.resolve("millrace").toString(), "list").redirectOutput(out.toFile()).start();
        assertEquals(0, process.waitFor());
        assertEquals(Long.toString(process.pid()), Files.readString(out));
    }

    @Test
    void links_to_the_script_are_followed() throws Exception {
        Path link = Files.createSymbolicLink(dir.resolve("link"), Path.of("a project", "millrace"));
        Path second = Files.createSymbolicLink(Files.createDirectory(dir.resolve("bin")).resolve("m"), link);
        Ran ran = Ran.process(env(jdk("25.0.3")).command(second.toString(), "list").directory(dir.toFile()));
        assertEquals(0, ran.code(), ran.err());
        assertTrue(ran.out().contains("<" + jar.toRealPath() + ">"), ran.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"25", "25.0.1", "25.0.3+9", "25-ea"})
    void every_version_of_25_will_do(String version) throws Exception {
        assertEquals(0, launch(env(jdk(version)), "list").code());
    }

    @ParameterizedTest
    @ValueSource(strings = {"17.0.15", "1.8.0_402", "24.0.2", "26", "250"})
    void other_version_is_named_in_the_one_line_that_says_what_is_missing(String version) throws Exception {
        Path jdk = jdk(version);
        Ran ran = launch(env(jdk), "list");
        assertEquals(1, ran.code());
        assertEquals("", ran.out());
        assertEquals(
                "millrace: no JDK 25 found (needed: 25.x); looked at JAVA_HOME=" + jdk + " (" + version
                        + "), JDK_HOME (not set), java on the PATH (none), " + dir
                        + "/nowhere; install one (sdk install java 25-tem,"
                        + " apt install openjdk-25-jdk-headless, or https://adoptium.net) or set JAVA_HOME to one\n",
                ran.err());
    }

    @Test
    void jdk_is_found_on_the_path_and_in_the_folders_of_jdks() throws Exception {
        Path old = jdk("17.0.15");
        Path jdk = jdk("25.0.3");
        var onPath = env(old);
        onPath.environment().put("PATH", jdk + "/bin:" + onPath.environment().get("PATH"));
        assertTrue(launch(onPath, "list").out().startsWith("25.0.3"));
        var inFolder = env(old);
        inFolder.environment().put("MILLRACE_JDK_DIRS", dir + "/nowhere:" + jdk.getParent());
        assertTrue(launch(inFolder, "list").out().startsWith("25.0.3"));
    }

    @Test
    void runtime_without_a_compiler_is_not_enough() throws Exception {
        Path jre = jdk("25.0.3");
        Files.delete(jre.resolve("bin/javac"));
        assertEquals(1, launch(env(jre), "list").code());
    }

    @Test
    void jar_newer_than_the_sources_is_not_built_again() throws Exception {
        assertEquals("", launch(env(jdk("25.0.3")), "list").err());
        assertFalse(Files.exists(dir.resolve("mvn.log")));
    }

    @Test
    void missing_jar_is_built_with_one_line() throws Exception {
        Files.delete(jar);
        Path jdk = jdk("25.0.3");
        Ran ran = launch(env(jdk), "list");
        assertEquals(0, ran.code(), ran.err());
        assertEquals("millrace: building\u2026\n", ran.err());
        assertEquals(
                "mvn -q -B -ntp -Dquick -Dmaven.test.skip=true -pl cli -am package, JAVA_HOME " + jdk + "\n",
                Files.readString(dir.resolve("mvn.log")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"core/src/main/java/A.java", "pom.xml", "core/src/main/java"})
    void changed_source_or_a_deleted_one_is_built(String changed) throws Exception {
        setTime(root.resolve(changed), 120);
        assertEquals("millrace: building\u2026\n", launch(env(jdk("25.0.3")), "list").err());
    }

    @Test
    void failed_build_shows_what_maven_said() throws Exception {
        Files.delete(jar);
        write(tools.resolve("mvn"), "#!/bin/sh\necho what is wrong\nexit 1\n");
        Ran ran = launch(env(jdk("25.0.3")), "list");
        assertEquals(1, ran.code());
        assertEquals("", ran.out());
        assertEquals("millrace: building\u2026\nwhat is wrong\nmillrace: the build failed\n", ran.err());
    }

    @Test
    void build_without_maven_says_what_is_missing() throws Exception {
        Files.delete(jar);
        Files.delete(tools.resolve("mvn"));
        Ran ran = launch(env(jdk("25.0.3")), "list");
        assertEquals(1, ran.code());
        assertTrue(ran.err().startsWith("millrace: no Maven found (needed: 3.8.6 or later)"), ran.err());
    }

    @Test
    void cache_for_fast_starts_is_made_once_and_used() throws Exception {
        var environment = env(jdk("25.0.3"));
        environment.environment().remove("MILLRACE_AOT");
        Ran first = launch(environment, "list");
        assertEquals("millrace: preparing fast starts\u2026\n", first.err());
        Path cache = root.toRealPath().resolve("cli/target/millrace-25.0.3.aot");
        assertTrue(first.out().contains("<-XX:AOTCache=" + cache + ">"), first.out());
        assertEquals("", launch(environment, "list").err());
        setTime(jar, 3_600);
        assertEquals("millrace: preparing fast starts\u2026\n", launch(environment, "list").err());
    }

    @Test
    void cache_that_cannot_be_made_is_tried_once() throws Exception {
        Path jdk = jdk("25.0.3");
        write(jdk.resolve("bin/java"),
                "#!/bin/sh\ncase \"$*\" in *AOTCacheOutput*) exit 1;; esac\nprintf '<%s>' \"$@\"\n");
        var environment = env(jdk);
        environment.environment().remove("MILLRACE_AOT");
        assertEquals("millrace: preparing fast starts\u2026\n", launch(environment, "list").err());
        Ran second = launch(environment, "list");
        assertEquals("", second.err());
        assertFalse(second.out().contains("AOT"), second.out());
    }

    @Test
    void locale_without_utf_8_is_replaced() throws Exception {
        Path jdk = jdk("25.0.3");
        write(jdk.resolve("bin/java"), "#!/bin/sh\nprintf %s \"$LC_ALL,$LANG\"\n");
        var environment = env(jdk);
        environment.environment().put("LANG", "C");
        assertEquals("C.UTF-8,C", launch(environment, "list").out());
        environment.environment().put("LANG", "de_DE.utf8");
        assertEquals(",de_DE.utf8", launch(environment, "list").out());
    }

    private Ran launch(ProcessBuilder environment, String... args) throws Exception {
        var command = new ArrayList<>(List.of(root.resolve("millrace").toString()));
        command.addAll(List.of(args));
        return Ran.process(environment.command(command).redirectInput(Path.of("/dev/null").toFile()));
    }

    /// Nothing of this machine but the usual tools, and `jdk` as the `JAVA_HOME`.
    private ProcessBuilder env(Path jdk) throws IOException {
        for (String tool : List.of("bash", "sh", "env", "dirname", "readlink", "sed", "find", "head", "mktemp", "mkdir",
                "touch", "rm",
                "mv", "cat", "stty", "flock")) {
            for (String place : System.getenv("PATH").split(":")) {
                Path wrapper = tools.resolve(tool);
                Path there = Path.of(place, tool);
                if (Files.isExecutable(there) && !Files.exists(wrapper)) {
                    write(wrapper, "#!/bin/sh\nexec " + there + " \"$@\"\n");
                }
            }
        }
        var builder = new ProcessBuilder();
        builder.environment().clear();
        builder.environment().put("PATH", tools.toString());
        builder.environment().put("HOME", dir.resolve("home").toString());
        builder.environment().put("LANG", "C.UTF-8");
        builder.environment().put("JAVA_HOME", jdk.toString());
        builder.environment().put("MILLRACE_JDK_DIRS", dir.resolve("nowhere").toString());
        builder.environment().put("MILLRACE_AOT", "off");
        return builder;
    }

    /// A JDK that prints its version and its arguments, and makes the cache that it is told to make.
    private Path jdk(String version) throws IOException {
        Path jdk = dir.resolve("jdks/" + version);
        write(jdk.resolve("release"), "IMPLEMENTOR=\"us\"\nJAVA_VERSION=\"" + version + "\"\n");
        write(jdk.resolve("bin/javac"), "#!/bin/sh\n");
        write(
                jdk.resolve("bin/java"),
                "#!/bin/sh\nfor a; do case $a in -XX:AOTCacheOutput=*) echo cache >\"${a#*=}\"; exit;; esac; done\n"
                        + "printf %s '" + version + "'\nprintf '<%s>' \"$@\"\n");
        return jdk;
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void setTime(Path file, long secondsFromNow) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(secondsFromNow)));
    }
}
