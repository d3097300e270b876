package dev.millrace.verify.explore;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// All cases of the suites, with all their orders; the lines are in `target/explored.txt`. From the root:
///
/// ```
/// mvn -o -q -Dquick -pl verify/explore -am test -Dtest=FullTierTest -Dsurefire.failIfNoSpecifiedTests=false -Dexplore.tier=full
/// ```
///
/// With `-Dexplore.part=2/3` every third case, from the second on: for several JVMs side by side, each in a checkout of its own.
@EnabledIfSystemProperty(named = "explore.tier", matches = "full")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FullTierTest {
    static Stream<Case> all() {
        String asked = System.getProperty("explore.part", "1/1");
        if (!asked.matches("[1-9]\\d?/[1-9]\\d?")) {
            throw new IllegalArgumentException(
                    "explore.part: expected a part of a number of parts, such as 2/3, was " + asked);
        }
        String[] part = asked.split("/", -1);
        int parts = Integer.parseInt(part[1]);
        List<Case> all = Cases.all();
        return IntStream.iterate(Integer.parseInt(part[0]) - 1, i -> i < all.size(), i -> i + parts).mapToObj(all::get);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("all")
    @Order(1)
    void case_inAllItsOrders_holds(Case c) {
        Suite.orders(c);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("all")
    @Order(2)
    void case_byChance_holds(Case c) {
        Suite.chance(c);
    }
}
