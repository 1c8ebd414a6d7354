/** Small charts, drawn the same way as SVG and as PNG. */
package io.firesteel.bench.chart;
