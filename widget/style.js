export const SHEET = new CSSStyleSheet();

SHEET.replaceSync(`
:host{--accent:var(--gemelo-accent,light-dark(#0b5d4e,#6fd6bd));--on-accent:var(--gemelo-on-accent,light-dark(#fff,#06231d));
--surface:var(--gemelo-surface,light-dark(#fff,#15191c));--ink:var(--gemelo-ink,light-dark(#191d1f,#eef1f0));
--quiet:var(--gemelo-quiet,light-dark(#566063,#a3adaf));--line:var(--gemelo-line,light-dark(#d9dfdf,#343b3e));
--stage:var(--gemelo-stage,light-dark(#e6f0ec,#1c2a27));--radius:var(--gemelo-radius,18px);
color-scheme:light dark;container-type:inline-size;display:block;min-height:32rem;font:400 1rem/1.5 var(--gemelo-font,system-ui,sans-serif);color:var(--ink)}
:host([theme=light]){color-scheme:light}:host([theme=dark]){color-scheme:dark}:host([hidden]),[hidden],:host([unbranded]) .sponsor{display:none!important}
*{box-sizing:border-box}p,ol{margin:0;padding:0}
.frame{display:grid;grid-template-rows:auto minmax(0,1fr);height:100%;overflow:hidden;border-radius:var(--radius)}
.stage{display:flex;align-items:center;gap:1rem;padding:1rem 1.25rem;background:var(--stage)}
.talk{position:relative;display:flex;flex-direction:column;gap:.75rem;min-width:0;min-height:0;padding:1.25rem;background:var(--surface)}
.face{flex:none;width:6rem}
.badge{font-weight:650;line-height:1.25}.sponsor{font-size:.875rem}.status{margin-top:.15rem;font-size:.875rem;color:var(--quiet)}
.status::before{content:"";display:inline-block;width:.55em;height:.55em;margin-right:.5em;border-radius:50%;background:var(--quiet)}
[data-state=ready] .status::before,[data-state=idle] .status::before{background:var(--accent)}
[data-state=listening] .status::before,[data-state=speaking] .status::before{background:var(--accent);outline:3px solid color-mix(in srgb,var(--accent) 30%,transparent)}
.log{flex:1 1 12rem;min-height:8rem;overflow-y:auto;list-style:none;display:flex;flex-direction:column;gap:.9rem;padding:2px;overscroll-behavior:contain}
.intro{flex:1;color:var(--quiet)}:has(li)>.intro,ol:empty,p:empty{display:none}
li{max-width:34rem;overflow-wrap:anywhere}li p{white-space:pre-line}
.fan{align-self:end;max-width:85%;padding:.45rem .9rem;border-radius:1.1rem 1.1rem .25rem;background:var(--stage)}
.fan[data-open]{color:var(--quiet)}.twin{font-size:1.125rem}.twin p+p,small+p{margin-top:.4rem}
small{display:block;font-size:.8125rem;color:var(--quiet)}
.sponsored{font-weight:600}
.twin[data-open] p::after{content:"";display:inline-block;width:.45em;height:.9em;margin-left:.2em;vertical-align:-.1em;background:var(--accent)}
::highlight(gemelo-word){background:var(--accent);color:var(--on-accent)}
.notice{padding:.6rem .9rem;border-left:4px solid var(--accent);background:var(--stage)}
form{display:flex;gap:.5rem}input{flex:1;min-width:0}
input,select,button{font:inherit;color:inherit;min-height:2.75rem;border:1px solid var(--line);border-radius:1.4rem;background:none}
input{padding:0 1.1rem;border-color:var(--quiet)}input::placeholder{color:var(--quiet);opacity:1}
select{margin-left:auto;padding:0 .7rem;background:var(--surface)}
button{display:inline-flex;align-items:center;justify-content:center;gap:.4rem;padding:0 .9rem;cursor:pointer;font-size:.9375rem}
button svg{flex:none;width:1.25rem;height:1.25rem;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}
button:hover{border-color:currentColor}
[aria-pressed=true]{background:var(--stage);border-color:var(--accent)}.mic[aria-pressed=true],.send{background:var(--accent);color:var(--on-accent);border-color:var(--accent)}
[aria-disabled=true],:disabled{color:var(--quiet);border-style:dashed;cursor:default}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.tools{display:flex;flex-wrap:wrap;gap:.5rem}.ear{font-size:.8125rem;color:var(--quiet)}
.sr,.send span{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.halo{fill:none;stroke:var(--accent);stroke-width:3;opacity:.25}[data-state=speaking] .halo,[data-state=listening] .halo{opacity:1}[data-state=thinking] .halo{opacity:1;stroke-dasharray:4 12;stroke-linecap:round}
.back{fill:var(--gemelo-face-back,color-mix(in srgb,var(--accent) 28%,var(--surface)))}.hair{fill:var(--gemelo-hair,#2b1d2e)}.skin{fill:var(--gemelo-skin,#e2a67c)}.neck{fill:color-mix(in srgb,var(--gemelo-skin,#e2a67c),#7a3b1e 22%)}
.coat{fill:var(--gemelo-coat,#16342f)}.trim{fill:var(--gemelo-trim,#f2c14e)}.cheek{fill:#d9694f;opacity:.25}.line{fill:none;stroke:#4a2a22;stroke-width:3;stroke-linecap:round}
.eye{fill:#26181f;transform-box:fill-box;transform-origin:center;animation:blink 5.2s infinite}.glint{fill:#fff}
.mouth{fill:#5a1a22}.tongue{fill:#d9675f}.teeth{fill:#fff}.lip{fill:none;stroke:#8f3b33;stroke-width:3;stroke-linejoin:round}
.set{fill:var(--gemelo-trim,#f2c14e)}.set path{fill:none;stroke:#1b2224;stroke-width:5}.set .boom{stroke-width:2.5}.set circle{fill:#1b2224}
@keyframes blink{0%,96%,to{transform:none}98%{transform:scaleY(.08)}}
@media(prefers-reduced-motion:reduce){*{animation:none!important}}
@container(max-width:26rem){.tools button{padding:0 .7rem}.tools span{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}.stage{padding:.75rem 1rem}.talk{padding:1rem}.face{width:4.75rem}}
@container(min-width:46rem){.frame{grid-template:minmax(0,1fr)/minmax(15rem,5fr) 8fr}.stage{flex-direction:column;justify-content:center;text-align:center}.face{width:min(19rem,100%)}}
`);
