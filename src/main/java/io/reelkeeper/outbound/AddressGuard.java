package io.reelkeeper.outbound;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hc.client5.http.DnsResolver;

/// Looks names up for the HTTP client and gives it no address that must not be called.
///
/// The client connects to the very addresses that were looked at, so a name that leads elsewhere
/// the next time (DNS rebinding) gains nothing.
public final class AddressGuard implements DnsResolver {

  /// The address belongs to a network that is not the public one.
  public static final class Forbidden extends UnknownHostException {
    private static final long serialVersionUID = 1L;

    private Forbidden(String why) {
      super(why);
    }
  }

  private record Block(byte[] prefix, int bits) {

    /// @param text such as `10.0.0.0/8`
    static Block of(String text) {
      int slash = text.indexOf('/');
      return new Block(
          InetAddress.ofLiteral(text.substring(0, slash)).getAddress(),
          Integer.parseInt(text.substring(slash + 1)));
    }

    boolean holds(byte[] address) {
      if (address.length != prefix.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit++) {
        int mask = 0x80 >> (bit % 8);
        if ((address[bit / 8] & mask) != (prefix[bit / 8] & mask)) {
          return false;
        }
      }
      return true;
    }
  }

  /// Networks that may be opened by configuration: this machine, private and shared ones.
  private static final List<Block> PRIVATE =
      Stream.of(
              "127.0.0.0/8",
              "10.0.0.0/8",
              "172.16.0.0/12",
              "192.168.0.0/16",
              "100.64.0.0/10",
              "::1/128",
              "fc00::/7")
          .map(Block::of)
          .toList();

  /// What nobody's webhooks live at: metadata services, link-local, multicast, reserved, and
  /// tunnels that hide another address.
  private static final List<Block> NEVER =
      Stream.of(
              "169.254.0.0/16",
              "100.100.100.200/32",
              "168.63.129.16/32",
              "fd00:ec2::254/128",
              "fd20:ce::254/128",
              "0.0.0.0/8",
              "192.0.0.0/24",
              "192.0.2.0/24",
              "192.88.99.0/24",
              "198.18.0.0/15",
              "198.51.100.0/24",
              "203.0.113.0/24",
              "224.0.0.0/3",
              "::/96",
              "::ffff:0:0:0/96",
              "64:ff9b:1::/48",
              "100::/64",
              "2001::/23",
              "2001:db8::/32",
              "2002::/16",
              "fe80::/9",
              "ff00::/8")
          .map(Block::of)
          .toList();

  /// Networks without IPv4 of their own reach it through here; what counts is the end.
  private static final Block NAT64 = Block.of("64:ff9b::/96");

  private final DnsResolver names;
  private final boolean allowPrivate;
  private final boolean encrypted;

  /// @param encrypted false: nothing leaves for the public network
  public AddressGuard(DnsResolver names, boolean allowPrivate, boolean encrypted) {
    this.names = names;
    this.allowPrivate = allowPrivate;
    this.encrypted = encrypted;
  }

  @Override
  public InetAddress[] resolve(String host) throws UnknownHostException {
    InetAddress[] found = names.resolve(host);
    for (InetAddress address : found) {
      check(address);
    }
    return found;
  }

  @Override
  public List<InetSocketAddress> resolve(String host, int port) throws UnknownHostException {
    return Arrays.stream(resolve(host))
        .map(address -> new InetSocketAddress(address, port))
        .toList();
  }

  @Override
  public String resolveCanonicalHostname(String host) {
    return host;
  }

  /// One bad address among good ones is enough: which one is taken is not ours to say.
  private void check(InetAddress address) throws Forbidden {
    byte[] bytes = destination(address.getAddress());
    boolean isLoopback6 = !(address instanceof Inet4Address) && address.isLoopbackAddress();
    if (!isLoopback6 && NEVER.stream().anyMatch(block -> block.holds(bytes))) {
      throw new Forbidden("its name leads to an address that is never called");
    }
    boolean isPrivate = PRIVATE.stream().anyMatch(block -> block.holds(bytes));
    if (isPrivate && !allowPrivate) {
      throw new Forbidden("its name leads into a private network, and allow-private is not set");
    }
    if (!isPrivate && !encrypted) {
      throw new Forbidden("its name leads to a public address, and the url is not https");
    }
  }

  private static byte[] destination(byte[] address) {
    return NAT64.holds(address) ? Arrays.copyOfRange(address, 12, 16) : address;
  }
}
