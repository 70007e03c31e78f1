package io.secateur.report;

import java.util.List;

/**
 * What the page shows, in the words it is shown in. The template escapes every text.
 *
 * @param notes warnings
 * @param limits what this run cannot rule out
 * @param charts data of the charts as JSON that is safe inside a script element
 */
public record ReportPage(
    String title,
    VerdictSection verdict,
    List<String> notes,
    MeasureSection measures,
    TriggerSection triggers,
    StripSection strips,
    GraphSection graph,
    ChannelSection channels,
    SearchSection search,
    ClassSection classes,
    FeatureSection features,
    AttentionSection attention,
    List<String> limits,
    OriginSection origin,
    String charts) {}
