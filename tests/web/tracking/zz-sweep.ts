import { loadPhotographs } from './photographs.ts';
import { compileMarkers } from './compile-markers.ts';
import * as P from './camera-path.ts';
import { createCamera } from './camera.ts';
import { createRandom } from './random.ts';
import { createTestTracker, runSequence, percentile } from './run-sequence.ts';
const seed=Number(process.env.SEED??7), frames=Number(process.env.FRAMES??20);
const kinds=(process.env.KINDS??'EASY').split(',').map(k=>(P as any)[k]);
const t0=performance.now();
const photos=await loadPhotographs(process.env.PHOTOS); const t1=performance.now();
const markers=await compileMarkers(photos.map(p=>p.markerImage)); const t2=performance.now();
console.log('load',(t1-t0)|0,'compile',(t2-t1)|0);
for(const kind of kinds){
const all:any[]=[];
for(let i=0;i<photos.length;i++){
  const r=createRandom(seed*1000+i);
  const path=P.createPath(r,kind); const wall=photos[(i+5)%photos.length];
  const cam=createCamera(r,photos[i],wall,path,kind);
  const tr=await createTestTracker(); tr.addTarget(markers[i].file);
  const s=performance.now();
  const o=runSequence(tr,cam,path,photos[i].markerImage.height/photos[i].markerImage.width,frames);
  const el=(performance.now()-s)/frames;
  all.push(...o);
  const e=o.filter(x=>x.tracked).map(x=>x.errorPx);
  console.log(kind.name.padEnd(8),photos[i].name.padEnd(14),'q',markers[i].quality,'tracked',o.filter(x=>x.tracked).length,'p@5',o.filter(x=>x.errorPx<=5).length,'/',frames,'med',percentile(e,.5)?.toFixed(2),'p95',percentile(e,.95)?.toFixed(2),'cold ms',percentile(o.filter(x=>x.cold).map(x=>x.milliseconds),.5)?.toFixed(1),'n',o.filter(x=>x.cold).length,'follow ms',percentile(o.filter(x=>!x.cold).map(x=>x.milliseconds),.5)?.toFixed(2),'frame ms',el.toFixed(0));
}
const e=all.filter(x=>x.tracked).map(x=>x.errorPx);
console.log('== ',kind.name,'p@5',(100*all.filter(x=>x.errorPx<=5).length/all.length).toFixed(1)+'%','tracked',(100*e.length/all.length).toFixed(1),'med',percentile(e,.5).toFixed(2),'p95',percentile(e,.95).toFixed(2));
}
