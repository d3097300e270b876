package dev.millrace.verify.explore;

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
@EnabledIfSystemProperty(named = "explore.tier", matches = "full")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FullTierTest {
    static Stream<Case> all() {
        return Cases.all().stream();
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
