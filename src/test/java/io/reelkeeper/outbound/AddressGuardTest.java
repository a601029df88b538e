package io.reelkeeper.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.hc.client5.http.DnsResolver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a name may lead to; every address is what a name server that means harm could answer.
class AddressGuardTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.8.8.8",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "100.100.100.200",
        "168.63.129.16",
        "0.0.0.0",
        "192.0.0.192",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "::ffff:127.0.0.1",
        "::127.0.0.1",
        "::ffff:0:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2001::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
      })
  void nothingButThePublicNetworkIsCalledByDefault(String address) {
    assertThatThrownBy(() -> guard(false, true, address).resolve("hooks.example"))
        .isInstanceOf(AddressGuard.Forbidden.class)
        .hasMessageNotContaining(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "169.254.169.254",
        "100.100.100.200",
        "168.63.129.16",
        "0.0.0.0",
        "224.0.0.1",
        "fd00:ec2::254",
        "fd20:ce::254",
        "fe80::1",
        "64:ff9b::a9fe:a9fe",
      })
  void noConfigurationOpensMetadataServices(String address) {
    assertThatThrownBy(() -> guard(true, true, address).resolve("hooks.example"))
        .isInstanceOf(AddressGuard.Forbidden.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "10.1.2.3", "172.20.0.5", "192.168.1.1", "::1", "fd12::1"})
  void privateAddressesAreOpenedByConfiguration(String address) {
    assertThatCode(() -> guard(true, false, address).resolve("hooks.example"))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "93.184.215.14",
        "172.15.0.1",
        "172.32.0.1",
        "100.128.0.1",
        "2606:2800:21f::1",
        "64:ff9b::5db8:d70e"
      })
  void thePublicNetworkIsCalledButOnlyEncrypted(String address) {
    assertThatCode(() -> guard(false, true, address).resolve("hooks.example", 443))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> guard(true, false, address).resolve("hooks.example", 80))
        .isInstanceOf(AddressGuard.Forbidden.class);
  }

  @Test
  void oneForbiddenAddressAmongGoodOnesIsEnough() {
    assertThatThrownBy(
            () -> guard(false, true, "93.184.215.14", "10.0.0.1").resolve("hooks.example"))
        .isInstanceOf(AddressGuard.Forbidden.class);
  }

  @Test
  void whatWasCheckedIsWhatIsConnectedToHoweverTheNameMoves() throws UnknownHostException {
    Deque<String> answers = new ArrayDeque<>(List.of("93.184.215.14", "127.0.0.1"));
    var guard = new AddressGuard(names(() -> new String[] {answers.removeFirst()}), false, true);

    assertThat(guard.resolve("hooks.example", 443))
        .singleElement()
        .satisfies(it -> assertThat(it.getAddress().getHostAddress()).isEqualTo("93.184.215.14"));
    assertThatThrownBy(() -> guard.resolve("hooks.example", 443))
        .isInstanceOf(AddressGuard.Forbidden.class);
  }

  private static AddressGuard guard(boolean allowPrivate, boolean encrypted, String... found) {
    return new AddressGuard(names(() -> found), allowPrivate, encrypted);
  }

  private static DnsResolver names(Supplier<String[]> found) {
    return new DnsResolver() {
      @Override
      public InetAddress[] resolve(String host) {
        return Stream.of(found.get()).map(InetAddress::ofLiteral).toArray(InetAddress[]::new);
      }

      @Override
      public String resolveCanonicalHostname(String host) {
        return host;
      }
    };
  }
}
