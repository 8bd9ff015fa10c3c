/** The only style of the page; its hash stands in the policy of the page, so that no other counts. */
export const pageStyle = `
@page { size: A4; margin: 14mm 16mm; }
* { box-sizing: border-box; }
html { color: #14181b; background: #fff; font: 10pt/1.4 Inter, "Noto Sans", "DejaVu Sans", Arial, sans-serif; }
body { margin: 0 auto; max-width: 178mm; padding: 6mm 0; }
@media print { body { padding: 0; } }
.demo { border: 0.6mm solid #9a1b1b; color: #9a1b1b; font-weight: 700; padding: 1.5mm 3mm; margin: 0 0 4mm; text-align: center; }
header { border-bottom: 0.5mm solid #0e5a6b; padding-bottom: 3mm; margin-bottom: 4mm; display: flex; justify-content: space-between; align-items: flex-end; gap: 6mm; }
.quiet { color: #51595e; }
h1 { font-size: 17pt; line-height: 1.2; margin: 0; font-weight: 650; }
h2 { font-size: 9pt; margin: 4mm 0 1.5mm; color: #0e5a6b; font-weight: 650; }
p { margin: 0; }
.number { font-size: 17pt; line-height: 1.2; font-weight: 650; white-space: nowrap; font-variant-numeric: tabular-nums; }
.columns { display: grid; grid-template-columns: 1fr 88mm; gap: 7mm; }
dl { display: grid; grid-template-columns: 1fr; margin: 0; }
dt { color: #51595e; font-size: 8pt; margin-top: 1.6mm; }
dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.level { border-left: 1mm solid #8a5a00; padding-left: 2.5mm; }
.level-external { border-left-color: #1d6b3a; }
.mono { font: 8.5pt/1.45 "JetBrains Mono", "DejaVu Sans Mono", monospace; }
.signed { white-space: pre-wrap; overflow-wrap: anywhere; border: 0.2mm solid #b9c0c4; padding: 2.5mm 3mm; margin: 0; font: inherit; font-size: 9pt; }
svg { display: block; width: 88mm; height: 88mm; }
.code p { font-size: 8pt; color: #51595e; }
ol { margin: 1mm 0 0; padding-left: 5mm; font-size: 8.5pt; }
footer { border-top: 0.2mm solid #b9c0c4; margin-top: 5mm; padding-top: 2mm; font-size: 8pt; color: #51595e; break-inside: avoid; }
.check { break-inside: avoid; }
/* Who was there signs a sheet of its own. */
.people { break-before: page; }
.person { break-inside: avoid; border-top: 0.2mm solid #b9c0c4; padding: 2mm 0 0; margin-top: 3mm; }
.person h3 { font-size: 10pt; margin: 0; font-weight: 650; }
.ink { display: grid; grid-template-columns: 1fr 1fr; gap: 8mm; margin-top: 9mm; font-size: 8pt; color: #51595e; }
.ink span { border-top: 0.2mm solid #14181b; padding-top: 1mm; }
.wide { display: grid; grid-template-columns: 1fr 44mm; gap: 7mm; }
.wide svg { width: 44mm; height: 44mm; }
code { font: 8pt/1.5 "JetBrains Mono", "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
`;
