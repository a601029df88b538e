package io.reelkeeper.bench.ground;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/// What a service is told when it starts.
///
/// @param apps aliases of App IDs
/// @param perSecond requests that Agora grants each of them
/// @param domains Agora's three addresses
/// @param more further settings, `key=value`
public record Setting(
    String database, List<String> apps, double perSecond, List<URI> domains, List<String> more) {

  public static final String CUSTOMER = "bench-customer";
  public static final String WEBHOOK_SECRET = "bench-webhook";

  /// So much that it is never felt.
  public static final int PLENTY = 100_000;

  public Setting {
    apps = List.copyOf(apps);
    domains = List.copyOf(domains);
    more = List.copyOf(more);
  }

  /// One app that may ask Agora as often as it likes.
  public static Setting unpaced(String database, List<URI> domains) {
    return new Setting(database, List.of("classroom"), 10_000, domains, List.of());
  }

  public Setting with(String... further) {
    var all = new ArrayList<>(more);
    all.addAll(List.of(further));
    return new Setting(database, apps, perSecond, domains, all);
  }

  public Setting paced(double requestsPerSecond) {
    return new Setting(database, apps, requestsPerSecond, domains, more);
  }

  public Setting of(List<String> other) {
    return new Setting(database, other, perSecond, domains, more);
  }

  /// 32 hexadecimal digits, as Agora's are.
  public static String appId(String app) {
    return "%032x".formatted(app.hashCode() & 0xffff_ffffL);
  }

  List<String> arguments() {
    var all = new ArrayList<String>();
    all.add("spring.datasource.url=" + database);
    all.add("spring.datasource.username=" + Database.USER);
    all.add("spring.datasource.password=" + Database.USER);
    for (String app : apps) {
      String prefix = "reelkeeper.apps." + app + ".";
      all.add(prefix + "app-id=" + appId(app));
      all.add(prefix + "customer-key=" + CUSTOMER);
      all.add(prefix + "customer-secret=" + CUSTOMER);
      all.add(prefix + "webhook-secret=" + WEBHOOK_SECRET);
      all.add(prefix + "requests-per-second=" + perSecond);
      all.add(prefix + "concurrent-workers=" + PLENTY);
      all.add(prefix + "domains.primary=" + domains.get(0));
      all.add(prefix + "domains.alternate=" + domains.get(1));
      all.add(prefix + "domains.adjacent=" + domains.get(2));
    }
    String storage = "reelkeeper.storage.primary.";
    all.add(storage + "vendor=aws");
    all.add(storage + "region=eu-west-1");
    all.add(storage + "bucket=recordings");
    all.add(storage + "access-key=access");
    all.add(storage + "secret-key=secret");
    if (more.stream().noneMatch(it -> it.startsWith(storage + "audit."))) {
      // There is no such bucket: looking for it would reach out of this machine, and be measured.
      all.add(storage + "write-only=true");
    }
    all.addAll(more);
    return all;
  }
}
