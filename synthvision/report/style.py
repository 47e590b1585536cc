"""The page's style sheet and its few lines of script."""

STYLE = """
:root{--ink:#1b1f27;--faint:#5d6675;--paper:#f6f7f9;--card:#fff;--line:#e1e5eb;--bar:#3b7ddd;--on:#fff;--other:#d9480f;
--declared:#0b7a75;--good:#2b7a36;--bad:#c92a2a;--hold:#edf0f4}
@media(prefers-color-scheme:dark){:root{--ink:#e9ecf1;--faint:#9aa4b2;--paper:#121419;--card:#1b1e25;--line:#2c313b;
--bar:#5b9bff;--on:#0c1420;--other:#ff922b;--declared:#3bc9b0;--good:#69db7c;--bad:#ff8787;--hold:#262b34}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:1320px;padding:1.2rem 1rem 3rem;background:var(--paper);color:var(--ink);
font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
h1{margin:0;font-size:1.75rem;letter-spacing:-.01em;overflow-wrap:anywhere}
h2{margin:2rem 0 .7rem;font-size:1.25rem}h3{margin:1.2rem 0 .5rem;font-size:1rem}
section{scroll-margin-top:3rem}
p{margin:.3rem 0}header p,.note{color:var(--faint)}.note{max-width:75ch;margin-bottom:.7rem;font-size:.9rem}
.other-name{color:var(--other)}.declared-name{color:var(--declared)}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(112px,1fr));gap:.6rem;margin:1rem 0}
dl div,figure{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:.65rem .8rem;min-width:0}
dt{color:var(--faint);font-size:.8rem}dd{margin:0;font-size:1.25rem;font-weight:600;overflow-wrap:anywhere}
.verdicts{grid-template-columns:repeat(auto-fit,minmax(200px,1fr))}
.verdicts dd{font-size:1.5rem}.verdicts dd.none{font-size:1rem;font-weight:400}
.verdicts p{color:var(--faint);font-size:.85rem;overflow-wrap:anywhere}
.sections{position:sticky;top:0;z-index:2;display:flex;gap:1.1rem;overflow-x:auto;margin:0 -1rem;padding:.55rem 1rem;
background:var(--paper);border-bottom:1px solid var(--line);scrollbar-width:none;white-space:nowrap}
.sections a{color:var(--faint);text-decoration:none;font-size:.9rem}.sections a:hover{color:var(--bar)}
.cards,.pair,.small{display:grid;gap:.8rem}
.cards{grid-template-columns:repeat(auto-fill,minmax(250px,1fr))}
.pair{grid-template-columns:repeat(auto-fit,minmax(min(320px,100%),1fr))}
.small{grid-template-columns:repeat(auto-fill,minmax(158px,1fr));gap:.6rem}
figure{margin:0}.cards figure,.small figure{display:flex;flex-direction:column}
figcaption{font-size:.85rem;color:var(--faint);margin-bottom:.5rem}figcaption b{color:var(--ink)}
.small figcaption{display:flex;justify-content:space-between;gap:.5rem;font-size:.78rem;line-height:1.3}
.small figcaption b{font-weight:500;min-width:0;overflow-wrap:anywhere}
svg{display:block;width:100%;height:auto;margin-top:auto}
svg rect{fill:var(--bar)}svg text{fill:var(--faint);font-size:12px}
svg line{stroke:var(--line)}svg polyline{fill:none;stroke:var(--other);stroke-width:2}
svg polyline.declared{stroke:var(--declared)}.theirs svg rect{fill:var(--other)}
.constant{margin:.6rem 0;font-size:1.25rem;font-weight:600}.constant small{font-size:.85rem;font-weight:400;
color:var(--faint)}
.bars{list-style:none;margin:0;padding:0;max-height:26rem;overflow-y:auto}
.bars li{display:grid;grid-template-columns:minmax(4.5rem,30%) 1fr minmax(2.6rem,auto);gap:.6rem;align-items:center;
padding:.14rem 0;font-size:.87rem}
.bars span{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}.bars b{font-weight:500;text-align:right}
.track{position:relative;height:.85rem;border-radius:4px;background:var(--hold)}
.track i{position:absolute;inset:0 auto 0 0;border-radius:4px}
.track .mark{inset:-3px auto -3px auto;width:3px;margin-left:-1px;background:var(--other);border-radius:2px}
.wide{overflow-x:auto;border:1px solid var(--line);border-radius:10px;background:var(--card);margin-bottom:.6rem}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:.36rem .7rem;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}
tr:last-child td{border-bottom:0}th:first-child,td:first-child{text-align:left}
th{color:var(--faint);font-weight:500;font-size:.85rem}abbr{text-decoration:none}
.ks{background:linear-gradient(90deg,color-mix(in srgb,var(--bar) 32%,transparent) var(--share),transparent 0)}
.gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(290px,100%),1fr));gap:.8rem}
.gallery figure{padding:0;overflow:hidden}
.gallery img{display:none;width:100%;height:auto;cursor:zoom-in}.gallery img.shown{display:block}
.gallery figcaption{margin:.45rem .75rem}.gallery .bad{margin:.75rem;overflow-wrap:anywhere}
.layers{display:flex;flex-wrap:wrap;gap:.4rem;margin-bottom:.8rem}
button{border:1px solid var(--line);background:var(--card);color:var(--ink);border-radius:999px;padding:.42rem .95rem;
font:inherit;font-size:.9rem;cursor:pointer}
button[aria-pressed=true]{background:var(--bar);border-color:var(--bar);color:var(--on)}
dialog{padding:0;border:0;background:none;max-width:96vw;max-height:96vh}
dialog::backdrop{background:rgba(8,10,14,.86)}
dialog img{display:block;width:min(96vw,1280px);max-height:96vh;object-fit:contain;cursor:zoom-out}
.good{color:var(--good)}.bad{color:var(--bad)}.none{color:var(--faint)}
.faults{padding-left:1.1rem}.faults li{margin:.3rem 0;overflow-wrap:anywhere}
code{font-size:.85em;background:var(--hold);padding:.1em .35em;border-radius:4px}
@media(max-width:520px){body{font-size:14.5px}h1{font-size:1.45rem}dl{grid-template-columns:repeat(4,1fr);gap:.4rem}
dl div{padding:.45rem .5rem}dt{font-size:.7rem}dd{font-size:.78rem}
.gallery{grid-template-columns:repeat(2,minmax(0,1fr));gap:.5rem}
.gallery figcaption{font-size:.75rem;margin:.35rem .5rem}
.verdicts{grid-template-columns:1fr}
.verdicts dd{font-size:1.3rem}.small{grid-template-columns:repeat(2,minmax(0,1fr))}
th,td{padding:.34rem .32rem;font-size:.8rem}th{font-size:.72rem}td:first-child{white-space:normal}}
@media print{.sections,.layers{display:none}figure,.wide{break-inside:avoid}}
"""

SCRIPT = """
const layers=[...document.querySelectorAll('.layers button')],large=document.getElementById('large');
function show(layer){
  document.querySelectorAll('.gallery figure').forEach(figure=>{
    const pictures=[...figure.querySelectorAll('img')];
    const chosen=pictures.find(picture=>picture.dataset.layer===layer)||pictures[0];
    pictures.forEach(picture=>picture.classList.toggle('shown',picture===chosen));
  });
  layers.forEach(button=>button.setAttribute('aria-pressed',button.dataset.layer===layer));
}
layers.forEach(button=>button.onclick=()=>show(button.dataset.layer));
document.querySelectorAll('.gallery img').forEach(picture=>picture.onclick=()=>{
  const copy=new Image();copy.src=picture.src;copy.alt=picture.alt;
  large.replaceChildren(copy);large.showModal();
});
large.onclick=()=>large.close();
"""
