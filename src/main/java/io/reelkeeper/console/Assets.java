package io.reelkeeper.console;

import org.springframework.context.annotation.Configuration;
import org.springframework.http.CacheControl;
import org.springframework.web.reactive.config.ResourceHandlerRegistry;
import org.springframework.web.reactive.config.WebFluxConfigurer;

/// The console's own style and script; htmx comes out of its jar under `/webjars`.
@Configuration(proxyBeanMethods = false)
class Assets implements WebFluxConfigurer {

  @Override
  public void addResourceHandlers(ResourceHandlerRegistry registry) {
    registry
        .addResourceHandler("/console/assets/**")
        .addResourceLocations("classpath:/console/")
        .setCacheControl(CacheControl.noCache()); // asked for each time, sent when it has changed
  }
}
