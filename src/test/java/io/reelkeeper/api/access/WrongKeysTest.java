package io.reelkeeper.api.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.TestClock;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WrongKeysTest {

  private static final InetSocketAddress HERE = at("192.0.2.7");

  private final TestClock clock = TestClock.at("2026-03-01T10:00:00Z");
  private final WrongKeys wrongKeys =
      new WrongKeys(
          new AccessSettings(
              List.of(),
              new AccessSettings.Jwt("roles", "", "apps"),
              new AccessSettings.Limit(3, Duration.ofMinutes(1))),
          clock);

  private static InetSocketAddress at(String address) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), 40_000);
  }

  private Duration judge(InetSocketAddress from, @Nullable String caller) {
    return wrongKeys.judge(from, caller);
  }

  private void guesses(InetSocketAddress from, int times) {
    for (int i = 0; i < times; i++) {
      judge(from, null);
    }
  }

  @Test
  void afterSomeWrongKeysAnAddressIsRefusedUntilAPlaceIsFree() {
    for (int i = 0; i < 3; i++) {
      assertThat(judge(HERE, null)).isZero();
    }
    assertThat(judge(HERE, null)).isEqualTo(Duration.ofSeconds(20));
    clock.advance(Duration.ofSeconds(19));
    assertThat(judge(HERE, null)).isEqualTo(Duration.ofSeconds(1));
    clock.advance(Duration.ofSeconds(1));
    assertThat(judge(HERE, null)).isZero();
    assertThat(judge(HERE, null)).isEqualTo(Duration.ofSeconds(20));
  }

  @Test
  void whoWasHeardFromThereBeforeGoesOn() {
    assertThat(judge(HERE, "lms")).isZero();
    guesses(HERE, 100);

    assertThat(judge(HERE, "lms")).isZero();
  }

  @Test
  void aRefusalDoesNotTellARightKeyFromAWrongOne() {
    guesses(HERE, 100);

    assertThat(judge(HERE, "lms")).isEqualTo(judge(HERE, null)).isPositive();
    clock.advance(Duration.ofSeconds(20));
    assertThat(judge(HERE, "lms")).isZero();
  }

  @Test
  void otherAddressesAreNotConcerned() {
    guesses(HERE, 100);

    assertThat(judge(at("192.0.2.8"), "lms")).isZero();
    assertThat(judge(at("192.0.2.8"), null)).isZero();
  }

  @Test
  void anIpv6NetworkIsOneAddress() {
    for (int i = 0; i < 3; i++) {
      assertThat(judge(at("2001:db8:1:2::" + i), null)).isZero();
    }
    assertThat(judge(at("2001:db8:1:2:ffff::1"), null)).isPositive();
    assertThat(judge(at("2001:db8:1:3::1"), null)).isZero();
  }

  @Test
  void whoeverHasAnyNumberOfAddressesFillsNoMemory() {
    guesses(HERE, 3);
    assertThat(judge(HERE, null)).isPositive();

    for (int i = 0; i < WrongKeys.ADDRESSES; i++) {
      judge(at("10.%d.%d.%d".formatted(i >> 16, (i >> 8) & 255, i & 255)), null);
    }

    assertThat(judge(HERE, null)).as("forgotten").isZero();
  }

  @Test
  void oneAddressRemembersOnlySoManyCallers() {
    for (int i = 0; i < 100; i++) {
      judge(HERE, "caller-" + i);
    }
    guesses(HERE, 4);

    assertThat(judge(HERE, "caller-99")).isZero();
    assertThat(judge(HERE, "caller-0")).isPositive();
  }

  @ParameterizedTest
  @CsvSource({
    "198.51.100.4, 198.51.100.4",
    "2001:db8:1:2::9, 20:01:0d:b8:00:01:00:02::/64",
    "'evil\r\nname', unreadable",
    "localhost, unreadable",
  })
  void whatAProxyCallsTheClientIsAnAddressOrNothing(String said, String name) {
    assertThat(WrongKeys.name(InetSocketAddress.createUnresolved(said, 1))).isEqualTo(name);
  }
}
